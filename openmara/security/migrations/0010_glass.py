"""Whether the glass was broken over what a row hangs on, answered at once where none was broken."""

from django.db import migrations

from openmara.security.protect import as_keeper


class Migration(migrations.Migration):
    dependencies = [("security", "0009_modules")]
    operations = [migrations.RunSQL(as_keeper("glass.sql"), migrations.RunSQL.noop)]

"""The same context, read at less cost."""

from django.db import migrations

from openmara.security.protect import as_keeper


class Migration(migrations.Migration):
    dependencies = [("security", "0006_watch")]
    operations = [migrations.RunSQL(as_keeper("claims.sql"), migrations.RunSQL.noop)]

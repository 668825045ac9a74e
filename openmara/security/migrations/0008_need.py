"""Cases of children, registers of a component, namings, a mission under lock-down; and that nobody signs for another."""

from django.db import migrations

from openmara.security.protect import as_keeper


class Migration(migrations.Migration):
    dependencies = [("security", "0007_claims")]
    operations = [migrations.RunSQL(as_keeper("need.sql"), as_keeper("need_back.sql"))]

"""The log as a Merkle tree: leaves, checkpoints, receipts; entries are written through one function."""

from django.db import migrations

from openmara.security.protect import as_keeper


class Migration(migrations.Migration):
    dependencies = [("security", "0003_signin")]
    operations = [migrations.RunSQL(as_keeper("tree.sql"), as_keeper("tree_down.sql"))]

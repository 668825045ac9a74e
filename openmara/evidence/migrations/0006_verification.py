"""Verification by reference, release, reconciliation."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evidence", "0005_gathering")]
    operations = []

"""Gathering: splits, joins, both sides of an edit."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evidence", "0004_triage")]
    operations = []

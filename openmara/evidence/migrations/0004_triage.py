"""Triage: drafts only their writer reads."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_signed")]
    operations = []

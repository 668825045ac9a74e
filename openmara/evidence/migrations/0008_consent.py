"""Consent by recipient and its withdrawal; custody."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evidence", "0007_meetings")]
    operations = []

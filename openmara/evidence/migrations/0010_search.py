"""Saved views and what searching needs."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evidence", "0009_flash")]
    operations = []

"""Grants with two people, names apart, break-glass, lock-down, recovery, named persons."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("security", "0001_initial")]
    operations = []

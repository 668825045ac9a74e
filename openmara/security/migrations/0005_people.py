"""Tokens of invitations and recovery."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("security", "0004_tree")]
    operations = []

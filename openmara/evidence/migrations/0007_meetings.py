"""Meetings of the working group and of the forum."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evidence", "0006_verification")]
    operations = []

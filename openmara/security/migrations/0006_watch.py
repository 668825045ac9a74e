"""Lock-down of a mission."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("security", "0005_people")]
    operations = []

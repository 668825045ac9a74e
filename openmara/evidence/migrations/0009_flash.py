"""Flash reports, operational alerts, pattern assessments."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evidence", "0008_consent")]
    operations = []

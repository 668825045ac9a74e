from django.db import migrations, models


class Migration(migrations.Migration):
    """Incidents of one party are found without reading those of all others."""

    dependencies = [("evidence", "0010_search")]

    operations = [
        migrations.AddIndex(
            model_name="allegedperpetrator",
            index=models.Index(fields=["mission", "party", "incident"], name="perpetrator_party"),
        ),
    ]

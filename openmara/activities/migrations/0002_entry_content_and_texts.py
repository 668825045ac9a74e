"""A keyed hash of an entry's content, and texts that are added instead of overwritten."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial")]

    operations = [
        migrations.AddField("RegisterEntry", "content_mac", models.CharField(blank=True, default="", max_length=24)),
        migrations.AddField("RegisterText", "recorded_at", models.DateTimeField(default=timezone.now), preserve_default=False),
        migrations.AlterField(
            "RegisterText",
            "entry",
            models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="activities.registerentry"
            ),
        ),
    ]

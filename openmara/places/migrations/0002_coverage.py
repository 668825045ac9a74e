"""Whether somebody can be referred, district by district."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from openmara.security.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial"), ("security", "0008_need")]
    operations = [
        migrations.CreateModel(
            "AreaCoverage",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("adm2", models.CharField(max_length=20)),
                ("health", models.CharField(max_length=10)),
                ("psychosocial", models.CharField(max_length=10)),
                ("as_of", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("mission", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission")),
                (
                    "recorded_by",
                    models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            {"indexes": [models.Index(fields=["mission", "adm2", "-recorded_at"], name="coverage_area")]},
        ),
        Protect("AreaCoverage"),
    ]

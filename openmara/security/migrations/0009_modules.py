"""Modules that a writer must have completed, and until when they hold."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from openmara.security.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("security", "0008_need")]
    operations = [
        migrations.CreateModel(
            "Module",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=20)),
                ("completed_on", models.DateField()),
                ("valid_until", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("mission", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission")),
                (
                    "person",
                    models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="modules", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            {"indexes": [models.Index(fields=["mission", "person"], name="module_person")]},
        ),
        Protect("Module"),
    ]

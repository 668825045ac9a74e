"""Gathering: splits, joins, both sides of an edit."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from openmara.security.protect import Protect

PROTECT, CASCADE = django.db.models.deletion.PROTECT, django.db.models.deletion.CASCADE


def key(to: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(**{"db_constraint": False, "on_delete": PROTECT, "related_name": "+", "to": to} | more)


def own_id() -> tuple[str, models.Field]:
    return ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False))


def mission() -> tuple[str, models.Field]:
    return ("mission", models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="security.mission"))


class Migration(migrations.Migration):
    dependencies = [("evidence", "0004_triage")]
    operations = [
        migrations.CreateModel(
            name="Gathering",
            fields=[
                own_id(),
                ("kind", models.CharField(max_length=8)),
                ("reason", models.CharField(max_length=40)),
                ("state", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("incident", key("evidence.incident")),
                ("made_by", key(settings.AUTH_USER_MODEL)),
                mission(),
                ("other", key("evidence.incident")),
                ("undoes", key("evidence.gathering", null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["mission", "incident", "made_at"], name="gathering_incident"),
                    models.Index(fields=["mission", "other", "made_at"], name="gathering_other"),
                ],
                "constraints": [models.UniqueConstraint(fields=["mission", "undoes"], name="gathering_undone_once")],
            },
        ),
        migrations.CreateModel(
            name="GatheringMove",
            fields=[
                own_id(),
                ("ended", key("evidence.link", on_delete=CASCADE)),
                ("gathering", key("evidence.gathering", related_name="moves")),
                ("made", key("evidence.link", on_delete=CASCADE)),
                mission(),
                ("report", key("evidence.report", on_delete=CASCADE)),
            ],
            options={"indexes": [models.Index(fields=["mission", "gathering"], name="move_gathering")]},
        ),
        migrations.CreateModel(
            name="GatheringText",
            fields=[
                own_id(),
                ("rationale", models.TextField()),
                ("gathering", models.OneToOneField(db_constraint=False, on_delete=PROTECT, related_name="text", to="evidence.gathering")),
                ("incident", key("evidence.incident")),
                mission(),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="EditConflict",
            fields=[
                own_id(),
                ("base_version", models.PositiveIntegerField()),
                ("met_version", models.PositiveIntegerField()),
                ("typed", models.JSONField()),
                ("kept_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("incident", key("evidence.incident")),
                mission(),
                ("person", key(settings.AUTH_USER_MODEL)),
            ],
            options={"indexes": [models.Index(fields=["mission", "incident", "person"], name="conflict_incident")]},
        ),
        Protect("Gathering", "GatheringMove", "GatheringText", "EditConflict"),
    ]

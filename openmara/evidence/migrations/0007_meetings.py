"""Meetings of the working group and of the forum, action points, packs, and the mission's self-assessment."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


from openmara.security.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("evidence", "0006_verification"), ("security", "0008_need")]
    operations = [
        migrations.CreateModel(
            name="ActionPoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=200)),
                ("due_on", models.DateField()),
                ("done_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reasons", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ("position", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ConflictOfInterest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("declared_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Forum",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("held_on", models.DateField()),
                ("place", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(default="planned", max_length=12)),
                ("quarter", models.CharField(max_length=6)),
                ("functions", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ForumPack",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.CharField(max_length=6)),
                ("figures", models.JSONField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=12)),
                ("quarter", models.CharField(max_length=6)),
                ("what", models.CharField(max_length=200)),
                ("function", models.CharField(max_length=40)),
                ("due_on", models.DateField()),
                ("state", models.CharField(default="open", max_length=12)),
            ],
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("held_on", models.DateField()),
                ("starts_at", models.TimeField(null=True)),
                ("place", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(default="planned", max_length=12)),
                ("quorum_least", models.PositiveSmallIntegerField()),
                ("quorum_functions", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None)),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("to_status", models.CharField(blank=True, max_length=24)),
                ("standard_of_proof", models.CharField(blank=True, max_length=40)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OutcomeText",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("rationale", models.TextField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("function", models.CharField(max_length=40)),
                ("present", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="SelfAssessment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.CharField(max_length=6)),
                ("answers", models.JSONField()),
                ("measured", models.JSONField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="actionpoint",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="actionpoint",
            name="person",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="incident",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.incident"),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="conflictofinterest",
            name="item",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name="conflicts", to="evidence.agendaitem"),
        ),
        migrations.AddField(
            model_name="conflictofinterest",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="conflictofinterest",
            name="person",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="forum",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="forumpack",
            name="made_by",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="forumpack",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="measure",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="person",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="meeting",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="items", to="evidence.meeting"),
        ),
        migrations.AddField(
            model_name="actionpoint",
            name="meeting",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="points", to="evidence.meeting"),
        ),
        migrations.AddField(
            model_name="outcome",
            name="confirms",
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="confirmed_by", to="evidence.outcome"),
        ),
        migrations.AddField(
            model_name="outcome",
            name="decision",
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.decision"),
        ),
        migrations.AddField(
            model_name="outcome",
            name="item",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="outcomes", to="evidence.agendaitem"),
        ),
        migrations.AddField(
            model_name="outcome",
            name="made_by",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="outcome",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="outcometext",
            name="incident",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.incident"),
        ),
        migrations.AddField(
            model_name="outcometext",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="outcometext",
            name="outcome",
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="text", to="evidence.outcome"),
        ),
        migrations.AddField(
            model_name="participant",
            name="meeting",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="participants", to="evidence.meeting"),
        ),
        migrations.AddField(
            model_name="participant",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddField(
            model_name="participant",
            name="person",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="selfassessment",
            name="made_by",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="selfassessment",
            name="mission",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="security.mission"),
        ),
        migrations.AddConstraint(
            model_name="conflictofinterest",
            constraint=models.UniqueConstraint(fields=("mission", "item", "person"), name="conflict_once"),
        ),
        migrations.AddConstraint(
            model_name="forumpack",
            constraint=models.UniqueConstraint(fields=("mission", "quarter"), name="pack_once"),
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(fields=["mission", "origin", "quarter"], name="measure_quarter"),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["mission", "-held_on", "-id"], name="meeting_page"),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(fields=("mission", "meeting", "incident"), name="item_once"),
        ),
        migrations.AddIndex(
            model_name="actionpoint",
            index=models.Index(fields=["mission", "person", "due_on"], name="actionpoint_owner"),
        ),
        migrations.AddIndex(
            model_name="outcome",
            index=models.Index(fields=["mission", "item", "made_at"], name="outcome_item"),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(fields=("mission", "meeting", "person"), name="participant_once"),
        ),
        migrations.AddIndex(
            model_name="selfassessment",
            index=models.Index(fields=["mission", "quarter", "made_at"], name="assessment_quarter"),
        ),
        Protect("Meeting", "Participant", "AgendaItem", "ConflictOfInterest", "Outcome", "OutcomeText", "ActionPoint", "Forum", "ForumPack", "Measure", "SelfAssessment"),
    ]

"""Saved views, and the index of words behind the search."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from openmara.security.protect import Protect, words_vector

TEXTS = ("evidence_incidenttext", "evidence_reporttext")
WORDS = "".join(f"create index {table}_words on public.{table} using gin (({words_vector(table)}));" for table in TEXTS)
WORDS_BACK = "".join(f"drop index if exists public.{table}_words;" for table in TEXTS)


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0009_flash"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='View',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('filters', models.JSONField()),
                ('shared_with', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('made_at', models.DateTimeField()),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'evidence_view',
            },
        ),
        migrations.AddConstraint(
            model_name='view',
            constraint=models.UniqueConstraint(fields=('mission', 'person', 'name'), name='view_name'),
        ),
        Protect("View"),
        migrations.RunSQL(WORDS, WORDS_BACK),
    ]

"""Tokens of invitations and recovery; who reviewed an emergency opening."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from openmara.security.protect import as_keeper

TRIGGER = "create trigger step before insert or update on public.security_recovery for each row execute function sec.recovery_step();"

# Roles, areas and the contingent are read as lists with separators: no element may bring one of its own.
PLAIN = """
alter table public.security_grant add constraint grant_plain_words check (
  roles::text[] = string_to_array(array_to_string(roles, ','), ',') and array_to_string(roles, ',') ~ '^([a-z]+(,[a-z]+)*)?$'
  and (areas is null or areas::text[] = string_to_array(array_to_string(areas, ','), ',') and array_to_string(areas, ',') ~ '^([A-Z0-9]+(,[A-Z0-9]+)*)?$')
  and contingent ~ '^[A-Za-z0-9_-]*$');
"""


class Migration(migrations.Migration):
    dependencies = [("security", "0004_tree")]
    operations = [
        migrations.AddField(
            "recovery",
            "reviewed_by",
            models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField("recovery", "reviewed_at", models.DateTimeField(null=True)),
        migrations.RunSQL(as_keeper("people.sql"), as_keeper("people_back.sql")),
        migrations.RunSQL(PLAIN, "alter table public.security_grant drop constraint grant_plain_words;"),
        migrations.RunSQL(TRIGGER, "drop trigger step on public.security_recovery;"),
    ]

"""Lock-down of a mission; who looked at a record."""

from django.db import migrations

from openmara.security.protect import as_keeper

TRIGGER = "create trigger step before insert or update on public.security_lockdown for each row execute function sec.lock_step();"


class Migration(migrations.Migration):
    dependencies = [("security", "0005_people")]
    operations = [
        migrations.RunSQL(as_keeper("watch.sql"), as_keeper("watch_back.sql")),
        migrations.RunSQL(TRIGGER, "drop trigger step on public.security_lockdown;"),
    ]

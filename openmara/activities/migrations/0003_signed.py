"""Who made, asked or undid something stays who it was, and is whoever acts (security/sql/need.sql)."""

from django.db import migrations

SIGNED = "create trigger signed before update on public.activities_registerentry for each row execute function sec.signed();"
BACK = "drop trigger if exists signed on public.activities_registerentry;"


class Migration(migrations.Migration):
    dependencies = [("activities", "0002_entry_content_and_texts"), ("security", "0008_need")]
    operations = [migrations.RunSQL(SIGNED, BACK)]

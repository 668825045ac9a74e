"""Who made, asked or undid something stays who it was, and is whoever acts (security/sql/need.sql)."""

from django.db import migrations

SIGNED = "create trigger signed before update on public.linkage_pairjudgement for each row execute function sec.signed();"
BACK = "drop trigger if exists signed on public.linkage_pairjudgement;"


class Migration(migrations.Migration):
    dependencies = [("linkage", "0001_initial"), ("security", "0008_need")]
    operations = [migrations.RunSQL(SIGNED, BACK)]

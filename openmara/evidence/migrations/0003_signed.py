"""Who made, asked or undid something stays who it was, and is whoever acts (security/sql/need.sql)."""

from django.db import migrations

SIGNED = "create trigger signed before update on public.evidence_link for each row execute function sec.signed();"
BACK = "drop trigger if exists signed on public.evidence_link;"


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_compartments"), ("security", "0008_need")]
    operations = [migrations.RunSQL(SIGNED, BACK)]

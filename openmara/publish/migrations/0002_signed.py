"""Who made, asked or undid something stays who it was, and is whoever acts (security/sql/need.sql)."""

from django.db import migrations

SIGNED = "create trigger signed before update on public.publish_reportbuild for each row execute function sec.signed();"
BACK = "drop trigger if exists signed on public.publish_reportbuild;"


class Migration(migrations.Migration):
    dependencies = [("publish", "0001_initial"), ("security", "0008_need")]
    operations = [migrations.RunSQL(SIGNED, BACK)]

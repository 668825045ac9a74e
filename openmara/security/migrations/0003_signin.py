"""Sessions with strength and limits, second factors, throttling."""

from pathlib import Path

from django.db import migrations

from openmara.security.protect import as_keeper

AUTHENTICATORS = Path(__file__).parents[1].joinpath("sql", "authenticators.sql").read_text()
AUTHENTICATORS_BACK = """
drop trigger step on public.mfa_authenticator;
revoke all on public.mfa_authenticator, public.account_emailaddress, public.account_emailconfirmation from app_web, app_worker, sec_owner;
revoke all on sequence public.mfa_authenticator_id_seq from app_web, sec_owner;
do $$ declare p record; begin
  for p in select tablename, policyname from pg_policies where tablename in ('mfa_authenticator', 'account_emailaddress', 'account_emailconfirmation')
  loop execute format('drop policy %I on public.%I', p.policyname, p.tablename);
  execute format('alter table public.%I no force row level security', p.tablename);
  execute format('alter table public.%I disable row level security', p.tablename); end loop; end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("security", "0002_rights"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        migrations.RunSQL(as_keeper("signin.sql"), as_keeper("signin_back.sql")),
        migrations.RunSQL(AUTHENTICATORS, AUTHENTICATORS_BACK),
    ]

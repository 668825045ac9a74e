"""Consent by use and recipient, and its withdrawal; custody and hand-over."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import openmara.evidence.models
from openmara.security.protect import Protect

FUNCTIONS = """
set local role sec_owner;

-- Incidents that no account carries any longer in the counts: each account was refused or withdrawn for counting, or is erased. It
-- takes effect with the figures of the quarter in which it was said, never on a day in between; at once where the answer was there
-- before the incident was opened. Whoever takes a snapshot may see fewer answers than there are, so the keeper looks.
create function sec.uncounted(p_zone text) returns table (incident_id uuid, day date, at timestamptz)
language sql stable security definer set search_path = pg_catalog as $$
  with answered as (
    select distinct on (a.report_id) a.report_id, a.answer, a.recorded_at from public.evidence_consentanswer a
    where a.mission_id = sec.mission() and a.scope in ('aggregate_reporting', 'everything') order by a.report_id, a.recorded_at desc, a.id desc
  ), fallen as (
    select l.incident_id, a.recorded_at as at from answered a
      join public.evidence_link l on l.mission_id = sec.mission() and l.report_id = a.report_id and l.undone_at is null where a.answer <> 'given'
    union all
    select t.incident_id, t.asked_at from public.evidence_tombstone t where t.mission_id = sec.mission() and t.incident_id is not null
  ), last_one as (
    select f.incident_id, max(f.at) as at from fallen f
    where not exists (select 1 from public.evidence_link l left join answered a on a.report_id = l.report_id
      where l.mission_id = sec.mission() and l.incident_id = f.incident_id and l.undone_at is null and coalesce(a.answer, 'given') = 'given')
    group by f.incident_id
  )
  select i.id, case when o.at <= i.recorded_at then (o.at at time zone p_zone)::date
      else (date_trunc('quarter', o.at at time zone p_zone) + interval '3 months - 1 day')::date end, o.at
    from last_one o join public.evidence_incident i on i.mission_id = sec.mission() and i.id = o.incident_id
   where sec.clearance() >= 2
$$;

-- Which of these marks belong to an account that was erased: asked when a file comes in, by people who may see no tombstone.
create function sec.erased(p_marks text[]) returns text[] language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(array_agg(t.mark), '{}') from public.evidence_tombstone t where t.mission_id = sec.mission() and t.mark = any (p_marks) $$;

-- Whether an incident rested on an erased account alone.
create function sec.erased_case(p_incident uuid) returns boolean language sql stable security definer set search_path = pg_catalog as $$
  select exists (select 1 from public.evidence_tombstone t where t.mission_id = sec.mission() and t.incident_id = p_incident and t.alone) $$;

-- How many accounts an incident has, whether or not they are open to the caller: an account one cannot see has not agreed.
create function sec.live_links(p_incidents uuid[]) returns table (incident_id uuid, accounts int)
language sql stable security definer set search_path = pg_catalog as $$
  select l.incident_id, count(*)::int from public.evidence_link l
   where l.mission_id = sec.mission() and l.incident_id = any (p_incidents) and l.undone_at is null group by l.incident_id $$;

-- A hand-over is decided by the head of mission and agreed by headquarters, each once, each in their own name and for somebody
-- else's asking; done once, by those who work on cases, when both have agreed.
create function sec.hand_over_step() returns trigger language plpgsql set search_path = pg_catalog as $$
declare was jsonb; will jsonb; me text; kept text; mine text[];
begin
  if current_user not in ('app_web', 'app_worker') then return new; end if;
  was := to_jsonb(old); will := to_jsonb(new); me := sec.person()::text; mine := coalesce(sec.roles(), '{}');
  if tg_op = 'INSERT' then
    if coalesce(will ->> 'decision', '') <> '' or coalesce(will ->> 'decision_reference', '') <> '' or will ->> 'decided_by_id' is not null
       or will ->> 'decided_at' is not null or coalesce(will ->> 'legal', '') <> '' or coalesce(will ->> 'legal_reference', '') <> ''
       or will ->> 'legal_on' is not null or will ->> 'legal_by_id' is not null or will ->> 'legal_at' is not null
       or will ->> 'done_by_id' is not null or will ->> 'done_at' is not null or will ->> 'manifest_sha256' is not null then
      raise insufficient_privilege using message = 'asked for first, decided later';
    end if;
    return new;
  end if;
  foreach kept in array array['ref', 'incident_id', 'body', 'purpose', 'items', 'asked_by_id', 'asked_at'] loop
    if will -> kept is distinct from was -> kept then raise insufficient_privilege using message = 'this does not change'; end if;
  end loop;
  if (will ->> 'decision', will ->> 'decision_reference', will ->> 'decided_by_id', will ->> 'decided_at')
     is distinct from (was ->> 'decision', was ->> 'decision_reference', was ->> 'decided_by_id', was ->> 'decided_at')
     and not coalesce(was ->> 'decided_by_id' is null and 'hom' = any (mine) and will ->> 'decided_by_id' = me and me <> was ->> 'asked_by_id'
       and will ->> 'decision' <> '' and will ->> 'decision_reference' <> '', false) then
    raise insufficient_privilege using message = 'decided once, by the head of mission';
  end if;
  if (will ->> 'legal', will ->> 'legal_reference', will ->> 'legal_on', will ->> 'legal_by_id', will ->> 'legal_at')
     is distinct from (was ->> 'legal', was ->> 'legal_reference', was ->> 'legal_on', was ->> 'legal_by_id', was ->> 'legal_at')
     and not coalesce(was ->> 'legal_by_id' is null and 'hq' = any (mine) and will ->> 'legal_by_id' = me and me <> was ->> 'asked_by_id'
       and will ->> 'decided_by_id' is distinct from me and will ->> 'legal' <> '' and will ->> 'legal_reference' <> '', false) then
    raise insufficient_privilege using message = 'recorded once, by headquarters';
  end if;
  if (will ->> 'done_by_id', will ->> 'done_at', will ->> 'manifest_sha256') is distinct from (was ->> 'done_by_id', was ->> 'done_at', was ->> 'manifest_sha256')
     and not coalesce(was ->> 'done_by_id' is null and will ->> 'done_by_id' = me and mine && array['swpa', 'hr']
       and was ->> 'decision' = 'agreed' and was ->> 'legal' = 'agreed' and me is distinct from was ->> 'decided_by_id' and me is distinct from was ->> 'legal_by_id', false) then
    raise insufficient_privilege using message = 'done once, after both have agreed';
  end if;
  return new;
end $$;

revoke all on function sec.uncounted(text), sec.erased(text[]), sec.erased_case(uuid), sec.live_links(uuid[]),
  sec.hand_over_step() from public;
grant execute on function sec.uncounted(text), sec.erased(text[]), sec.live_links(uuid[]) to app_web, app_worker, data_owner;
grant execute on function sec.erased_case(uuid), sec.hand_over_step() to data_owner;
set local role data_owner;

-- The earlier versions of a case that rested on an erased account alone go with the account.
create function public.evidence_incident_forget(p_incident uuid) returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  if not coalesce(sec.erased_case(p_incident), false) then raise insufficient_privilege using message = 'not erased'; end if;
  delete from public.evidence_incident_history where mission_id = sec.mission() and id = p_incident;
end $$;
revoke all on function public.evidence_incident_forget(uuid) from public;
grant execute on function public.evidence_incident_forget(uuid) to app_web, app_worker;
create trigger step before insert or update on public.evidence_handover for each row execute function sec.hand_over_step();
"""
BACK = """
drop trigger if exists step on public.evidence_handover;
drop function if exists public.evidence_incident_forget(uuid);
set local role sec_owner;
drop function if exists sec.uncounted(text);
drop function if exists sec.erased(text[]);
drop function if exists sec.erased_case(uuid);
drop function if exists sec.live_links(uuid[]);
drop function if exists sec.hand_over_step();
set local role data_owner;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0007_meetings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='ConsentAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('report', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='consent_answers', to='evidence.report')),
                ('scope', models.CharField(max_length=30)),
                ('recipient', models.CharField(blank=True, max_length=40)),
                ('answer', models.CharField(max_length=10)),
                ('answered_on', models.DateField(null=True)),
                ('limits', models.TextField(blank=True)),
                ('recorded_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['mission', 'report'], name='consent_answer_report')],
                'constraints': [models.CheckConstraint(condition=models.Q(('answer__in', ['given', 'refused', 'withdrawn'])), name='consent_answer')],
            },
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('adm1', models.CharField(max_length=20)),
                ('quarter', models.CharField(max_length=6)),
                ('status', models.CharField(max_length=24)),
                ('incident', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tombstones', to='evidence.incident')),
                ('alone', models.BooleanField(default=False)),
                ('delay_days', models.IntegerField(null=True)),
                ('verify_days', models.IntegerField(null=True)),
                ('mark', models.CharField(max_length=24)),
                ('asked_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['mission', 'mark'], name='tombstone_mark'), models.Index(fields=['mission', 'incident'], name='tombstone_incident')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Exhibit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('report', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='exhibits', to='evidence.report')),
                ('ref', models.CharField(default=openmara.evidence.models.new_reference, max_length=8)),
                ('kind', models.CharField(max_length=40)),
                ('description_code', models.CharField(max_length=40)),
                ('kept_at', models.CharField(max_length=40)),
                ('content_sha256', models.BinaryField()),
                ('recorded_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['mission', 'report'], name='exhibit_report')],
                'constraints': [models.UniqueConstraint(fields=('mission', 'ref'), name='exhibit_ref')],
            },
        ),
        migrations.CreateModel(
            name='Custody',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('report', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='custody', to='evidence.report')),
                ('exhibit', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='custody', to='evidence.exhibit')),
                ('event', models.CharField(max_length=20)),
                ('content_sha256', models.BinaryField(null=True)),
                ('purpose', models.CharField(blank=True, max_length=40)),
                ('counterpart', models.CharField(blank=True, max_length=40)),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['mission', 'report', 'made_at'], name='custody_report')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('ref', models.CharField(default=openmara.evidence.models.new_reference, max_length=8)),
                ('incident', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='hand_overs', to='evidence.incident')),
                ('body', models.CharField(max_length=40)),
                ('purpose', models.CharField(max_length=40)),
                ('items', models.PositiveIntegerField()),
                ('asked_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField()),
                ('decision', models.CharField(blank=True, max_length=10)),
                ('decision_reference', models.CharField(blank=True, max_length=40)),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_at', models.DateTimeField(null=True)),
                ('legal', models.CharField(blank=True, max_length=10)),
                ('legal_reference', models.CharField(blank=True, max_length=40)),
                ('legal_on', models.DateField(null=True)),
                ('legal_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('legal_at', models.DateTimeField(null=True)),
                ('done_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('done_at', models.DateTimeField(null=True)),
                ('manifest_sha256', models.BinaryField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['mission', '-asked_at', '-id'], name='handover_page')],
                'constraints': [models.UniqueConstraint(fields=('mission', 'ref'), name='handover_ref')],
            },
        ),
        migrations.CreateModel(
            name='HandOverManifest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('mission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='security.mission')),
                ('hand_over', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='manifest', to='evidence.handover')),
                ('note', models.TextField()),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [],
                'constraints': [],
            },
        ),
        Protect("ConsentAnswer", "Tombstone", "Exhibit", "Custody", "HandOver", "HandOverManifest"),
        migrations.RunSQL(FUNCTIONS, BACK),
    ]

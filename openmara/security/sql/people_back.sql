-- Back to invitations by hand.
drop function sec.left_out(text[], text[]), sec.use_emergency(bytea, bytea, text, bytea), sec.forget_factors(uuid), sec.review_recovery(uuid),
  sec.use_recovery(bytea, text, text, bytea), sec.own_recoveries(), sec.cancel_recovery(uuid), sec.recovery_link(uuid, bytea),
  sec.approve_recovery(uuid), sec.recovery_delay(), sec.recovery_step(), sec.accept_invitation(bytea, text, text, bytea),
  sec.take_token(bytea, text), sec.find_token(bytea, text, bytea), sec.live_token(bytea), sec.invite_again(uuid, bytea),
  sec.invite(text, text, text, uuid, text[], int, text[], text, text, date, bytea), sec.draw_name(), sec.officer(text[]);
create or replace function sec.session_over(s sec.session) returns text language sql stable security definer set search_path = pg_catalog as $$
  select case
    when s.ended_at is not null then coalesce(nullif(s.ended_why, ''), 'ended')
    when s.person_id is null then case when s.expires_at > clock_timestamp() then '' else 'idle' end
    when clock_timestamp() > s.signed_in_at + make_interval(hours => sec.setting_of('session_hours')) then 'absolute'
    when clock_timestamp() > s.last_seen_at + make_interval(mins => sec.setting_of('idle_minutes')) then 'idle'
    else '' end $$;
create or replace function sec.enter(p_hash bytea, p_mission uuid, p_at text, p_mac bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare s sec.session; cap int := 6;
begin
  perform set_config('app.ctx', '', true);
  if not sec.proved('enter|' || encode(p_hash, 'hex') || '|' || coalesce(p_mission::text, ''), p_at, p_mac) then return false; end if;
  select * into s from sec.session where hash = p_hash;
  if not found or s.person_id is null or sec.session_over(s) <> '' then return false; end if;
  update sec.session set last_seen_at = clock_timestamp() where hash in (select hash from sec.session
    where hash = p_hash and last_seen_at < clock_timestamp() - interval '30 seconds' for update skip locked);
  if p_mission is not null then
    if s.strength = 0 then return false; end if;
    if s.strength = 1 and not exists (select 1 from public.security_mission where id = p_mission and synthetic) then cap := 1; end if;
  end if;
  return sec.open_for(s.person_id, p_mission, 'session', cap, s.proved_at);
end $$;
alter table sec.session drop column emergency_until, drop column emergency_mission;
delete from sec.setting where name = 'recovery_delay_minutes';
drop table sec.token;

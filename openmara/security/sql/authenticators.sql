-- The library's tables lie under the same rule as all others: one's own authenticators, nothing without a context.
-- Changing which there are asks for a session in which the person has shown within five minutes who they are.
alter table public.mfa_authenticator enable row level security;
alter table public.mfa_authenticator force row level security;
create policy compartment on public.mfa_authenticator as restrictive to app_web, app_worker
  using (user_id = (select sec.person())) with check (user_id = (select sec.person()));
create policy own_select on public.mfa_authenticator for select to app_web using (user_id = (select sec.person()));
create policy own_use on public.mfa_authenticator for update to app_web
  using (user_id = (select sec.person())) with check (user_id = (select sec.person()));
create policy own_insert on public.mfa_authenticator for insert to app_web
  with check (user_id = (select sec.person()) and (select sec.way()) = 'session' and (select sec.fresh()));
create policy own_delete on public.mfa_authenticator for delete to app_web
  using (user_id = (select sec.person()) and (select sec.way()) = 'session' and (select sec.fresh()));
create policy keeper on public.mfa_authenticator to sec_owner using (true) with check (true);
create trigger step before update on public.mfa_authenticator for each row execute function sec.authenticator_step();
grant select, insert, update, delete on public.mfa_authenticator to app_web;
grant select, insert, update, delete on public.mfa_authenticator to sec_owner;
grant usage on sequence public.mfa_authenticator_id_seq to app_web, sec_owner;

-- No e-mail factor exists: the library asks these tables and finds nothing.
alter table public.account_emailaddress enable row level security;
alter table public.account_emailaddress force row level security;
create policy compartment on public.account_emailaddress as restrictive to app_web, app_worker using (user_id = (select sec.person()));
grant select on public.account_emailaddress to app_web;
alter table public.account_emailconfirmation enable row level security;
alter table public.account_emailconfirmation force row level security;
create policy compartment on public.account_emailconfirmation as restrictive to app_web, app_worker using (false);
grant select on public.account_emailconfirmation to app_web;

-- Back to invitations by hand.
drop function sec.use_emergency(bytea, bytea, text, bytea), sec.is_emergency(bytea), sec.forget_factors(uuid), sec.review_recovery(uuid),
  sec.use_recovery(bytea, text, text, bytea), sec.own_recoveries(), sec.cancel_recovery(uuid), sec.recovery_link(uuid, bytea),
  sec.approve_recovery(uuid), sec.recovery_delay(), sec.recovery_step(), sec.accept_invitation(bytea, text, text, bytea),
  sec.take_token(bytea, text), sec.find_token(bytea, text, bytea), sec.live_token(bytea), sec.invite_again(uuid, bytea),
  sec.invite(text, text, text, text, uuid, text[], int, text[], text, text, date, bytea), sec.officer(text[]);
drop trigger emergency on sec.session;
drop function sec.keep_emergency();
drop table sec.emergency, sec.token;

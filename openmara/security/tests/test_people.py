"""Rights by two people: what is refused, in the action and by the database itself; then what is done and recorded."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction

from openmara.errors import NotAllowed, NotNow, NotValid
from openmara.evidence import actions as evidence
from openmara.security import clock
from openmara.security.context import NoContext, acting
from openmara.security.models import AuditEntry, Grant, Mission, Named, Organisation, Person
from openmara.security.people import actions, queries, rules, tokens
from openmara.security.tests.people_cases import PHRASE, accepted, confirmed, grant_of, invited, proposal
from tests.cases import account, make_areas_and_parties

pytestmark = pytest.mark.usefixtures("committed")


def refused_sql(statement: str, *values: object) -> bool:
    """Whether the database refuses a statement, or it changes nothing."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, list(values))
            return cursor.rowcount == 0 or (cursor.description is not None and not any(cursor.fetchone() or ()))
    except DatabaseError:
        return True


def test_it_refuses_whoever_may_not_propose() -> None:
    for username in ("hr.1", "priv", "hom", "auditor"):
        with acting(username, "carana") as person, pytest.raises(NotAllowed):
            actions.invite(by=person, newcomer=actions.Newcomer("A", "x-1", "en"), proposal=proposal())


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("roles", proposal("no_such")), ("roles", proposal("admin", "swpa", clearance=1)), ("roles", proposal("admin", clearance=2)),
        ("clearance", proposal(clearance=7)), ("until", proposal(days=400)), ("until", proposal(days=0)), ("staff", proposal(staff="visitor")),
        ("contingent", proposal(staff="contingent")), ("contingent", proposal(contingent="XYZ")), ("organisation", proposal(organisation="nowhere")),
        ("areas", proposal(areas=("ZZ99",))),
    ],
)  # fmt: skip
def test_it_refuses_rights_that_break_a_rule(field: str, given: rules.Proposal) -> None:
    with acting("swpa", "carana") as person, pytest.raises(NotValid) as refusal:
        actions.invite(by=person, newcomer=actions.Newcomer("A", "x-1", "en"), proposal=given)
    assert field in refusal.value.problems


def test_it_refuses_a_code_that_a_colleague_has_or_that_is_none() -> None:
    for code in ("HR.1", "with space", "", "x"):
        with acting("swpa", "carana") as person, pytest.raises(NotValid) as refusal:
            actions.invite(by=person, newcomer=actions.Newcomer("A", code, "en"), proposal=proposal())
        assert set(refusal.value.problems) == {"code"}


def test_it_refuses_short_common_and_differing_pass_phrases() -> None:
    token = tokens.find(invited().secret)
    assert token
    for phrase, again in (("short", "short"), ("password1234", "password1234"), ("123456789012345", "123456789012345"),
                          (f"my name {token.username}", f"my name {token.username}"), (PHRASE, PHRASE + "."), ("a" * 300, "a" * 300)):  # fmt: skip
        with pytest.raises(NotValid):
            actions.accept(token=token, phrase=phrase, again=again)
    assert tokens.find(invited(code="wpa-10").secret)


def test_an_accepted_person_reads_nothing_until_confirmed() -> None:
    made = accepted()
    with pytest.raises(NoContext), acting(made.username, "carana"):
        pass
    with acting(made.username) as person:
        assert queries.accepted_by(person)
    with acting("priv", "carana") as second:
        actions.confirm(by=second, grant=queries.find_grant(for_user=second, key=made.grant), seen=True)
    with acting(made.username, "carana") as person:
        assert person.active_mission.code == "carana"


def test_nobody_confirms_alone_or_for_themselves_and_no_administrator_does() -> None:
    made = accepted()
    for username in ("swpa", "admin", "hr.1", "gender"):
        with acting(username, "carana") as person, pytest.raises(NotAllowed) as refusal:
            permissions_checked_confirm(person, made.grant)
        assert str(refusal.value)
    assert grant_of(made.grant).status == "accepted"


def permissions_checked_confirm(person: Person, key: object) -> None:
    grant = Grant(id=key, person_id=grant_of(key).person_id, proposed_by_id=grant_of(key).proposed_by_id, status="accepted", mission_id=person.active_mission.id)
    actions.confirm(by=person, grant=grant, seen=True)


def test_it_refuses_to_confirm_somebody_not_seen() -> None:
    made = accepted()
    with acting("priv", "carana") as person, pytest.raises(NotValid):
        actions.confirm(by=person, grant=queries.find_grant(for_user=person, key=made.grant), seen=False)


def test_it_refuses_to_confirm_what_is_not_accepted_or_is_decided() -> None:
    made = invited()
    with acting("priv", "carana") as person, pytest.raises(NotNow):
        actions.confirm(by=person, grant=queries.find_grant(for_user=person, key=made.grant), seen=True)
    done = confirmed(code="wpa-11")
    with acting("hom", "carana") as person, pytest.raises(NotNow):
        actions.confirm(by=person, grant=queries.find_grant(for_user=person, key=done.grant), seen=True)


STEPS = (
    ("swpa", "update security_grant set status = 'confirmed', confirmed_by_id = sec.person() where id = %s"),
    ("admin", "update security_grant set status = 'confirmed', confirmed_by_id = sec.person() where id = %s"),
    ("priv", "update security_grant set status = 'confirmed', confirmed_by_id = (select id from security_person where code = 'hom') where id = %s"),
    ("priv", "update security_grant set clearance = 6 where id = %s"),
    ("priv", "update security_grant set status = 'confirmed', confirmed_by_id = sec.person(), roles = '{hr}' where id = %s"),
    ("hr.1", "update security_grant set status = 'confirmed', confirmed_by_id = sec.person() where id = %s"),
    ("swpa", "update security_grant set proposed_by_id = (select id from security_person where code = 'hom') where id = %s"),
    ("swpa", "update security_grant set revoked_at = now(), revoked_by_id = (select id from security_person where code = 'hom') where id = %s"),
    ("swpa", "delete from security_grant where id = %s"),
)


@pytest.mark.parametrize(("username", "statement"), STEPS)
def test_the_database_refuses_every_other_step(username: str, statement: str) -> None:
    made = accepted()
    with acting(username, "carana"):
        assert refused_sql(statement, made.grant)
    assert grant_of(made.grant).status == "accepted"


def test_the_database_keeps_tokens_accounts_and_people_from_the_web_role() -> None:
    made = invited()
    for statement in (
        "select * from sec.token", "select * from sec.emergency", "insert into sec.token select * from sec.token", "select sec.live_token('x'::bytea)",
        "select sec.take_token('x'::bytea, 'invitation')", "select sec.forget_factors(gen_random_uuid())",
        "insert into security_person (id, username, code, language, is_active) values (gen_random_uuid(), 'a', 'a', 'en', true)",
    ):  # fmt: skip
        with acting("swpa", "carana"):
            assert refused_sql(statement), statement
    hashed = tokens.hash_of(made.secret)
    assert refused_sql("select username from sec.find_token(%s, '2026-01-01T00:00:00+00:00', ''::bytea)", hashed)
    assert refused_sql("select sec.accept_invitation(%s, 'x', clock_timestamp()::text, 'forged'::bytea)", hashed)
    with acting("hr.1", "carana"):
        assert refused_sql("select sec.invite('c', 'n', 'en', null, '{hr}', 5, null, 'international', '', current_date + 9, %s)", b"x" * 32)


def test_a_grant_put_in_by_hand_is_only_ever_a_proposal_of_ones_own() -> None:
    with acting("swpa", "carana") as person:
        other = Person.objects.get(code="hr.2")
        for status, proposer, about in (("confirmed", person.id, other.id), ("proposed", other.id, other.id), ("proposed", person.id, person.id), ("invited", person.id, other.id)):
            assert refused_sql(
                "insert into security_grant (id, mission_id, person_id, roles, clearance, staff, contingent, status, valid_from, valid_to, proposed_by_id, granted_by)"
                " values (gen_random_uuid(), sec.mission(), %s, '{hr}', 6, 'international', '', %s, current_date, current_date + 5, %s, 'x')",
                about, status, proposer,
            )  # fmt: skip


def test_no_word_of_a_grant_brings_a_separator() -> None:
    for roles, areas, contingent in (("{ad|min}", None, ""), ('{"hr,swpa"}', None, ""), ('{""}', None, ""), ("{hr,null}", None, ""),
                                     ("{hr}", '{"CR01,CR02"}', ""), ("{hr}", "{CR#1}", ""), ("{hr}", None, "A,B"), ("{hr}", None, "A|B")):  # fmt: skip
        with acting("swpa", "carana"):
            values = ("c", "n", roles, areas, contingent, tokens.hash_of(roles + contingent))
            assert refused_sql("select person_id from sec.invite(%s, %s, 'en', null, %s, 1, %s, 'international', %s, current_date + 9, %s)", *values), values
    with acting("swpa", "carana"):
        for areas in (None, "{}", "{CR01,CR08}"):
            assert not refused_sql(
                "select person_id from sec.invite('c', 'n', 'en', null, '{hr,wpa}', 1, %s, 'contingent', 'A_B-9', current_date + 9, %s)", areas, tokens.hash_of(str(areas))
            )


def test_the_name_to_sign_in_with_is_drawn_by_the_database() -> None:
    names = {invited(code=f"wpa-{number}").username for number in range(20, 23)}
    assert len(names) == 3 and all(re.fullmatch("[2-9a-z]{4}-[2-9a-z]{4}", one) for one in names)


def test_a_token_counts_once_even_for_two_at_the_same_moment() -> None:
    token = tokens.find(invited().secret)
    assert token
    found: list[object] = []

    def take() -> None:
        try:
            found.append(actions.accept(token=token, phrase=PHRASE, again=PHRASE))
        finally:
            connections.close_all()

    both = [threading.Thread(target=take) for _one in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(found) == 2 and sum(one is not None for one in found) == 1


def test_a_link_dies_with_its_successor_its_end_and_its_refusal() -> None:
    made = invited()
    with acting("swpa", "carana") as person:
        grant = queries.find_grant(for_user=person, key=made.grant)
        newer = actions.invite_again(by=person, grant=grant)
    assert tokens.find(made.secret) is None and tokens.find(newer)
    run_as_keeper("update sec.token set expires_at = clock_timestamp() - interval '1 second'")
    assert tokens.find(newer) is None
    other = invited(code="wpa-12")
    with acting("priv", "carana") as person:
        actions.refuse(by=person, grant=queries.find_grant(for_user=person, key=other.grant), reason="not_known")
    assert tokens.find(other.secret) is None


def run_as_keeper(statement: str) -> None:
    from openmara.config import postgres

    with postgres.superuser(connection.settings_dict["NAME"]) as direct, direct.transaction():
        direct.execute("set local session_replication_role = replica")  # past the triggers too
        direct.execute(statement)


def test_new_rights_count_when_confirmed_and_end_the_earlier_ones_in_the_same_act() -> None:
    made = confirmed()
    with acting("gender", "carana") as person:
        old = queries.find_grant(for_user=person, key=made.grant)
        new = actions.propose(by=person, person=old.person, proposal=proposal("hr", clearance=5))
        with pytest.raises(NotNow):
            actions.propose(by=person, person=old.person, proposal=proposal("hr", clearance=5))
    assert grant_of(old.id).revoked_at is None
    with acting("hom", "carana") as person:
        actions.confirm(by=person, grant=queries.find_grant(for_user=person, key=new.id), seen=True)
    assert grant_of(old.id).revoked_at is not None and grant_of(new.id).status == "confirmed"
    with acting(made.username, "carana"), connection.cursor() as cursor:
        cursor.execute("select sec.roles(), sec.clearance()")
        assert cursor.fetchone() == (["hr"], 5)


def test_nobody_proposes_or_ends_their_own_rights() -> None:
    with acting("swpa", "carana") as person:
        with pytest.raises(NotAllowed):
            actions.propose(by=person, person=person, proposal=proposal())
        with pytest.raises(NotAllowed):
            actions.revoke(by=person, grant=queries.own_grant(for_user=person), reason="left_mission")


def test_ended_rights_are_gone_at_once_and_the_reason_is_a_code() -> None:
    made = confirmed()
    with acting("admin", "carana") as person:
        grant = queries.find_grant(for_user=person, key=made.grant)
        with pytest.raises(NotValid):
            actions.revoke(by=person, grant=grant, reason="because I say so")
        actions.revoke(by=person, grant=grant, reason="device_lost")
    with pytest.raises(NoContext), acting(made.username, "carana"):
        pass
    with acting("auditor", "carana"):
        assert AuditEntry.objects.get(event="security:grant:revoke").purpose == "device_lost"


def test_whoever_goes_away_finds_nothing_and_is_let_in_by_another() -> None:
    with acting("hr.1", "carana") as person:
        actions.go_away(by=person, grant=queries.own_grant(for_user=person))
    with pytest.raises(NoContext), acting("hr.1", "carana"):
        pass
    with acting("hr.1") as person:
        assert not queries.accepted_by(person)
    with acting("admin", "carana") as officer:
        away = queries.people(for_user=officer, state="travelling").rows[0]
        with pytest.raises(NotAllowed):
            actions.let_in(by=officer, grant=away)
    with acting("swpa", "carana") as officer:
        actions.let_in(by=officer, grant=queries.find_grant(for_user=officer, key=away.id))
    with acting("hr.1", "carana"):
        pass


def test_an_officer_away_does_not_let_themselves_in() -> None:
    with acting("swpa", "carana") as person:
        grant = queries.own_grant(for_user=person)
        actions.go_away(by=person, grant=grant)
        assert refused_sql("update security_grant set status = 'confirmed' where id = %s", grant.id)


def test_each_act_is_recorded_in_codes() -> None:
    made = confirmed()
    with acting("auditor", "carana"):
        events = list(AuditEntry.objects.filter(object_ids__contains=[made.grant]).order_by("id").values_list("event", "purpose"))
    assert events == [("security:person:invite", ""), ("security:grant:confirm", "seen_or_video")]


def test_the_list_shows_names_to_user_administration_only_and_pages_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed()
    monkeypatch.setattr(queries, "PAGE", 4)
    with acting("hom", "carana") as person:
        seen, after = [], ""
        while True:
            page = queries.people(for_user=person, after=after)
            seen += [one.person.code for one in page.rows]
            if not (after := page.after):
                break
        assert seen == sorted(seen) and "wpa-9" in seen
        assert queries.people(for_user=person, before=page.before).rows
        assert next(one for one in queries.people(for_user=person, state="confirmed", after=page.before).rows)
        with pytest.raises(NotValid):
            queries.people(for_user=person, after="nonsense")
    with acting("gender", "carana"):
        assert Grant.objects.select_related("person__name").get(person__code="wpa-9").person.shown_name == "wpa-9"
    for officer in ("priv", "hom", "admin"):
        with acting(officer, "carana"):
            assert Grant.objects.select_related("person__name").get(person__code="wpa-9").person.shown_name == "Ada Example"
    with acting("hr.1", "carana") as person, pytest.raises(NotAllowed):
        queries.people(for_user=person)


def test_what_waits_is_said_to_whoever_may_decide_it() -> None:
    accepted()
    with acting("swpa", "carana") as person:  # proposed it
        assert [line.count for line in queries.waiting_for(for_user=person)][0] == 0
    with acting("priv", "carana") as person:
        assert [line.count for line in queries.waiting_for(for_user=person)][0] == 1
    with acting("hr.1", "carana") as person:
        assert queries.waiting_for(for_user=person) == []


def test_rights_that_end_soon_are_named_until_a_renewal_waits() -> None:
    made = confirmed(days=10)
    with acting("swpa", "carana") as person:
        assert [one.id for one in queries.expiring_grants(for_user=person)] == [made.grant]
        grant = queries.find_grant(for_user=person, key=made.grant)
        again = actions.propose(by=person, person=grant.person, proposal=actions.renewed(grant))
        assert again.valid_to > clock.today() + timedelta(days=300)
        assert queries.expiring_grants(for_user=person) == []


def test_whoever_is_named_for_a_closed_case_is_named_by_another() -> None:
    with acting("swpa", "carana") as swpa:
        mission = Mission.objects.get(code="carana")
        make_areas_and_parties(mission)
        office = Organisation.objects.get(code="hr_office")
        case = evidence.take_in(by=swpa, mission=mission, organisation=office, accounts=[account()]).added[0]
    with acting("hr.1", "carana") as person:
        with pytest.raises(NotValid):
            actions.name_for_compartment(by=person, objects=[case], person=person)
        colleague = Person.objects.get(code="hr.2")
        actions.name_for_compartment(by=person, objects=[case], person=colleague)
        actions.name_for_compartment(by=person, objects=[case], person=colleague)
        assert Named.objects.filter(object_id=case).count() == 1
        assert [one.code for one in queries.named_for(for_user=person, key=case)] == ["hr.2"]
        actions.unname(by=person, objects=[case], person=colleague)
        assert queries.named_for(for_user=person, key=case) == []
    with acting("wpa", "carana") as person, pytest.raises(NotAllowed):
        actions.name_for_compartment(by=person, objects=[case], person=colleague)


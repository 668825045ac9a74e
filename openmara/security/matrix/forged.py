"""Contexts nobody gave: changed, replayed, set by hand, reached by role tricks or with the wrong proof. None may open anything."""

import hashlib
import random
import secrets
import string
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg

from openmara.security.matrix.cast import Principal, person_id
from openmara.security.matrix.place import Place, beside_the_point, enter, undone
from openmara.security.sessions import dated_proof, proof

ASKED = """
create or replace function matrix.accepted(p_tries text[]) returns text[] language plpgsql as $$
declare one text; found text[] := '{}';
begin
  foreach one in array p_tries loop
    perform set_config('app.ctx', one, true);
    if sec.claims() is not null or sec.person() is not null then found := found || one; end if;
  end loop;
  perform set_config('app.ctx', '', true);
  return found;
end $$;
grant execute on function matrix.accepted(text[]) to public;
"""
NO_MOMENT = "22007"  # a word that is no moment in time is refused as such
ALPHABET = string.ascii_letters + string.digits + "|#,-:. '\\\n"
SEES = "select (select count(*) from public.evidence_incident) + (select count(*) from public.security_organisation) + (sec.person() is not null)::int"


@dataclass
class Tries:
    tried: int = 0
    accepted: int = 0
    told: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)  # refused, but for a slip of the try's own: proves nothing

    def add_odd(self, what: str, why: str) -> None:
        if why:
            self.odd.append(f"{what}: {why}")

    def add(self, what: str, many: int, accepted: int) -> None:
        self.tried += many
        self.accepted += accepted
        if accepted:
            self.told.append(f"{what}: {accepted} of {many}")


def edits(real: str, other: str, chance: random.Random, many: int) -> Iterator[str]:
    """Each bit of the hash, each field swapped or taken from another's context, and random edits."""
    payload, mac = real.split("#")
    for place in range(len(mac)):
        for bit in (1, 2, 4, 8):
            yield f"{payload}#{mac[:place]}{int(mac[place], 16) ^ bit:x}{mac[place + 1 :]}"
    yield from (f"{payload}#{mac[:length]}" for length in range(len(mac)))
    yield from (f"{payload}#{mac.upper()}", f"{payload}##{mac}", f"{payload}#{mac}#", f"{payload}|#{mac}", payload, mac, f"#{mac}", f"{payload}#{mac} ", "", "#")
    yield f"{payload}#{other.split('#')[1]}"
    yield from _fields(payload.split("|"), other.split("#")[0].split("|"), mac)
    yield from (_garbled(real, chance) for _ in range(many))


def _fields(parts: list[str], theirs: list[str], mac: str) -> Iterator[str]:
    for one in range(len(parts)):
        for two in range(len(parts)):
            if parts[one] != parts[two]:
                swapped = list(parts)
                swapped[one], swapped[two] = parts[two], parts[one]
                yield "|".join(swapped) + "#" + mac
        for value in {theirs[one], "", "6", "swpa,hr,cp", "*", "null", parts[one] + ",", parts[one] + "0"} - {parts[one]}:
            yield "|".join([*parts[:one], value, *parts[one + 1 :]]) + "#" + mac


def _garbled(real: str, chance: random.Random) -> str:
    text = list(real)
    for _change in range(chance.randint(1, 4)):
        where = chance.randrange(len(text))
        kind = chance.random()
        if kind < 0.5:
            text[where] = chance.choice(ALPHABET)
        elif kind < 0.75:
            del text[where]
        else:
            text.insert(where, chance.choice(ALPHABET))
    return "".join(text)


def changed(place: Place, one: Principal, other: Principal, tries: Tries, many: int) -> None:
    """In the very transaction and backend for which the real one was made, so that only the hash stands in the way."""
    chance = random.Random(one.name)
    with place.connect() as connection, undone(connection):
        contexts = []
        for somebody in (other, one):
            assert enter(connection, somebody)
            row = connection.execute("select current_setting('app.ctx')").fetchone()
            contexts.append(str(row and row[0]))
        theirs, real = contexts
        control = connection.execute("select matrix.accepted(%s)", [[real]]).fetchone()
        if not control or control[0] != [real]:
            raise RuntimeError("the control failed: the real context itself was not accepted, so the tries prove nothing")
        asked = [text for text in edits(real, theirs, chance, many) if text not in contexts and "\x00" not in text]
        row = connection.execute("select matrix.accepted(%s)", [asked]).fetchone()
        tries.add(f"changed context of {one.name}", len(asked), len(row[0]) if row else len(asked))


def replayed(place: Place, one: Principal, tries: Tries, times: int) -> None:
    """The real one in the next transaction, in another backend at the same time, and by every way of setting."""
    ways = ("set app.ctx = %s", "set local app.ctx = %s", "set session app.ctx = %s", "select set_config('app.ctx', %s, true)", "select set_config('app.ctx', %s, false)")
    with place.connect() as first, place.connect() as second:
        for number in range(times):
            with first.transaction():
                assert enter(first, one)
                row = first.execute("select current_setting('app.ctx')").fetchone()
                real = str(row and row[0])
                way = ways[number % len(ways)]
                tries.add("replayed in another backend", 1, _opens(second, way, real, tries))
            tries.add("left over after the transaction", 1, _opens(first, "", "", tries))
            tries.add("replayed in the next transaction", 1, _opens(first, way, real, tries))


def _opens(connection: psycopg.Connection, way: str, real: str, tries: Tries) -> int:
    """Whether anything is seen after the context was set this way; the session is wiped afterwards. Setting it is nobody's to refuse."""
    try:
        with connection.transaction():
            if way:
                statement = way.replace("%s", "'" + real.replace("'", "''") + "'")
                connection.execute(statement.encode())
            row = connection.execute(SEES).fetchone()
            found = int(bool(row and row[0]))
    except psycopg.Error as problem:
        found = 0
        tries.add_odd(f"after {way or 'the transaction'}", str(problem.sqlstate))
    connection.execute("reset all")
    connection.commit()
    return found


def ended(place: Place, one: Principal, tries: Tries) -> None:
    """Nothing is left after leaving, after a savepoint is rolled back, after a failed statement, after a second entry fails."""
    with place.connect() as connection:
        for ending in ("leave", "savepoint", "failure", "second", "discard"):
            with undone(connection):
                connection.execute("savepoint one")
                enter(connection, one)
                if ending == "leave":
                    connection.execute("select sec.leave()")
                elif ending == "second":
                    connection.execute("select sec.enter_as(%s, %s, %s, %s)", [person_id("swpa"), one.mission, *dated_proof("command|another")])
                elif ending == "discard":
                    connection.execute("reset app.ctx")
                else:
                    if ending == "failure":
                        try:
                            connection.execute("select 1 / 0")
                        except psycopg.Error:
                            pass
                    connection.execute("rollback to savepoint one")
                row = connection.execute(SEES).fetchone()
                tries.add(f"after {ending}", 1, int(bool(row and row[0])))


TRICKS = (
    "set role data_owner", "set role sec_owner", "set role migrator", "set role postgres", "set role app_worker", "set session authorization postgres",
    "set session authorization sec_owner", "reset role", "reset session authorization", "set row_security = off", "set session_replication_role = replica",
    "set search_path = pg_temp, public; create function pg_temp.claims() returns text[] language sql as 'select array[''2'']'",
    "create temp table security_grant (id int)", "create temp table key (name text, inner_pad bytea, outer_pad bytea)",
    "create function pg_temp.sha256(bytea) returns bytea language sql as 'select ''x''::bytea'; set search_path = pg_temp, pg_catalog, public",
    "create function pg_temp.same(bytea, bytea) returns boolean language sql as 'select true'; set search_path = pg_temp, sec, public",
    "create operator public.= (leftarg = uuid, rightarg = uuid, function = uuid_eq)", "create schema sec2", "create function public.person() returns uuid language sql as 'select null::uuid'",
    "create or replace function sec.claims() returns text[] language sql as 'select array[''2'']'", "create function sec.other() returns int language sql as 'select 1'",
    "alter function sec.claims() owner to app_web", "alter function sec.person() set search_path = pg_temp", "grant sec_owner to app_web", "grant data_owner to app_web",
    "create role somebody", "alter role app_web bypassrls", "alter role app_web superuser", "alter table public.evidence_incident disable row level security",
    "alter table public.evidence_incident no force row level security", "create policy open on public.evidence_incident using (true)", "drop policy compartment on public.evidence_incident",
    "create view public.all_incidents as select * from public.evidence_incident", "create materialized view public.all_incidents as select * from public.evidence_incident",
    "create trigger spy before update on public.evidence_incident for each row execute function sec.grant_step()", "create rule spy as on select to public.evidence_incident do instead select 1",
    "create event trigger spy on ddl_command_start execute function sec.grant_step()", "alter extension plpgsql set schema public", "drop language plpgsql", "load 'auto_explain'",
    "copy public.evidence_incident to program 'cat'", "copy public.evidence_incident from program 'echo'", "copy public.evidence_incident to '/tmp/x'", "select pg_read_file('postgresql.conf')",
    "select lo_import('/etc/passwd')", "select pg_ls_dir('.')", "select set_key from sec.set_key('context', 'x')", "select sec.mac('context', 'x')", "select sec.pads('x'), sec.set_key('session', 'x')",
    "select sec.open_for(null, null, 'session')", "update sec.key set inner_pad = outer_pad", "insert into sec.session (hash, data, expires_at) values ('x', '', now())",
    "select * from sec.key", "select * from sec.session", "select * from sec.account", "select * from sec.token", "select * from pg_authid", "select * from pg_shadow",
    "set log_statement = 'all'", "select pg_reload_conf()",
    "reassign owned by data_owner to app_web", "alter default privileges for role data_owner grant all on tables to app_web", "comment on table public.evidence_incident is 'x'",
)  # fmt: skip


def tricked(place: Place, tries: Tries, role: str = "app_web") -> None:
    """Whatever a role of the application may say: it is refused, or it changes nothing."""
    for trick in TRICKS:
        with place.connect(role) as connection:
            try:
                with undone(connection):
                    connection.execute(trick.encode())
                    row = connection.execute(SEES).fetchone()
                    reached = row is not None and row[0] > 0
                    person = connection.execute("select sec.person(), current_user").fetchone()
                    reached = reached or person is None or person[0] is not None or person[1] not in ("app_web", "app_worker")
            except psycopg.Error as problem:
                reached = False
                tries.add_odd(trick[:60], beside_the_point(problem))
            tries.add(trick[:60], 1, int(reached))


def unproved(place: Place, one: Principal, other: Principal, tries: Tries) -> None:
    """Functions that open a context, with the proof of something else, of another moment, of another key, or none."""
    mine, theirs = (hashlib.sha256(f"session of {somebody.name}".encode()).digest() for somebody in (one, other))
    for statement, values in _wrong(one, other, mine, theirs):
        with place.connect() as connection:
            try:
                with undone(connection):
                    connection.execute(statement, values)
                    row = connection.execute(SEES).fetchone()
                    reached = bool(row and row[0])
            except psycopg.Error as problem:
                reached = False
                tries.add_odd(f"{statement} {values[0]!r:.40}", beside_the_point(problem, NO_MOMENT))
        tries.add(f"{statement} {values[0]!r:.40}", 1, int(reached))


def _wrong(one: Principal, other: Principal, mine: bytes, theirs: bytes) -> Iterator[tuple[str, list[object]]]:
    enters, commands = "select sec.enter(%s, %s, %s, %s)", "select sec.enter_as(%s, %s, %s, %s)"
    right, command = f"enter|{theirs.hex()}|{other.mission}", f"command|{other.person}|{other.mission}"
    for moment in (timedelta(minutes=-3), timedelta(days=-1), timedelta(minutes=3), timedelta(days=400)):
        at = (datetime.now(UTC) + moment).isoformat()
        yield enters, [theirs, other.mission, at, proof(f"{right}|{at}".encode())]
        yield commands, [other.person, other.mission, at, proof(f"{command}|{at}".encode())]
    at, mac = dated_proof(right)
    later = datetime.now(UTC).isoformat()
    for wrong in (mac[:-1], mac + b"x", mac[::-1], b"", None, bytes(32), proof(right.encode()), hashlib.sha256(right.encode()).digest()):
        yield enters, [theirs, other.mission, at, wrong]
        yield commands, [other.person, other.mission, at, wrong]
    yield enters, [theirs, other.mission, later, mac]  # another moment than the one proved
    for word in ("infinity", "-infinity", "epoch", "not a time", ""):
        yield enters, [theirs, other.mission, word, proof(f"{right}|{word}".encode())]
    yield enters, [theirs, other.mission, None, mac]
    yield enters, [theirs, other.mission, *dated_proof(f"enter|{mine.hex()}|{one.mission}")]  # proof of one's own session
    yield enters, [theirs, other.mission, *dated_proof(f"enter|{theirs.hex()}|")]  # proof for no mission
    yield enters, [theirs, other.mission, *dated_proof(f"load|{theirs.hex()}")]  # proof of another verb
    yield enters, [theirs, other.mission, *dated_proof(command)]
    yield commands, [other.person, other.mission, *dated_proof(right)]
    yield commands, [other.person, other.mission, *dated_proof(f"command|{one.person}|{one.mission}")]
    yield commands, [other.person, other.mission, *dated_proof(f"command|{other.person}|")]
    yield commands, [other.person, other.mission, *dated_proof(f"sign-in|{other.person}")]
    yield "select sec.open_sign_in(%s, %s, %s)", [other.person, *dated_proof(f"sign-in|{one.person}")]
    yield enters, [hashlib.sha256(b"no such session").digest(), other.mission, *dated_proof(f"enter|{hashlib.sha256(b'no such session').hexdigest()}|{other.mission}")]
    yield from _not_holding(one)
    for number in range(40):
        yield enters, [theirs, other.mission, at, secrets.token_bytes(32)]
        yield commands, [other.person, other.mission, at, secrets.token_bytes(31 + number % 3)]


SESSIONS = {  # sessions that open nothing, although the proof is right
    "ended": "ended_at = now()", "idle": "last_seen_at = now() - interval '1 day'", "too old": "signed_in_at = now() - interval '2 days'",
    "nobody's": "person_id = null", "by phrase alone": "strength = 0",
}  # fmt: skip


def _not_holding(one: Principal) -> Iterator[tuple[str, list[object]]]:
    """Right proofs for sessions that do not hold, for people and missions without a grant, for jobs that are done or not there."""
    for kind in SESSIONS:  # which one let in is seen by its hash
        hashed = hashlib.sha256(f"session {kind}".encode()).digest()
        yield "select sec.enter(%s, %s, %s, %s)", [hashed, one.mission, *dated_proof(f"enter|{hashed.hex()}|{one.mission}")]
    for name in ("suspended", "expired", "stranger", "nobody at all"):
        person = person_id(name)
        yield "select sec.enter_as(%s, %s, %s, %s)", [person, one.mission, *dated_proof(f"command|{person}|{one.mission}")]
    for job in (uuid.UUID(int=1), uuid.UUID(int=2)):  # done; not there
        yield "select sec.enter_job(%s, %s, %s)", [job, *dated_proof(f"job|{job}")]


def prepare(place: Place, people: dict[str, Principal]) -> None:
    """The function that tries many contexts, and a live session of two people."""
    with place.owner() as owner:
        owner.execute(ASKED.encode())
        for name in ("hr", "swpa"):
            owner.execute(
                "insert into sec.session (hash, person_id, data, expires_at, strength, signed_in_at, proved_at)"
                " values (%s, %s, '', now() + interval '1 hour', 2, now(), now()) on conflict do nothing",
                [hashlib.sha256(f"session of {name}".encode()).digest(), people[name].person],
            )
        for kind, change in SESSIONS.items():
            hashed = hashlib.sha256(f"session {kind}".encode()).digest()
            owner.execute(
                "insert into sec.session (hash, person_id, data, expires_at, strength, signed_in_at, proved_at)"
                " values (%s, %s, '', now() + interval '1 hour', 2, now(), now()) on conflict do nothing",
                [hashed, people["hr"].person],
            )
            owner.execute(f"update sec.session set {change} where hash = %s".encode(), [hashed])
        owner.execute(
            "insert into sec.job (id, mission_id, person_id, purpose, finished_at) values (%s, %s, %s, 'done', now()) on conflict do nothing",
            [uuid.UUID(int=1), people["hr"].mission, people["hr"].person],
        )


def small(place: Place, people: dict[str, Principal]) -> Tries:
    """A little of each kind, for one changed function. Sessions and jobs that do not hold are among it."""
    tries = Tries()
    changed(place, people["hr"], people["swpa"], tries, 20)
    replayed(place, people["hr"], tries, 2)
    ended(place, people["hr"], tries)
    unproved(place, people["hr"], people["swpa"], tries)
    return tries


def run(place: Place, people: dict[str, Principal], least: int) -> Tries:
    """At least so many tries."""
    tries = Tries()
    prepare(place, people)
    pairs = [("hr", "swpa"), ("swpa", "hr"), ("national", "cp"), ("audit", "priv"), ("wpa", "hom")]
    for name, other in pairs:
        changed(place, people[name], people[other], tries, least // len(pairs))
        replayed(place, people[name], tries, 40)
        ended(place, people[name], tries)
    for role in ("app_web", "app_worker"):
        tricked(place, tries, role)
    unproved(place, people["hr"], people["swpa"], tries)
    return tries

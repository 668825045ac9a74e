"""From policy.yaml to the database: forced row security, composite keys, rights, policies, history. One migration helper.

Conditions are named here and used by name in the policy file, so the file stays readable and every policy is generated.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

POLICY_FILE = Path(__file__).with_name("policy.yaml")
RUN_TIME_ROLES = "app_web, app_worker"
OPERATIONS = {"select": "select", "insert": "insert", "update": "update", "delete": "delete"}

# What is named for me, and what I opened by breaking the glass: read once per statement (R4).
NAMED = "{t}.id = any ((select sec.named())::uuid[])"
GLASS = "{t}.ref = any ((select sec.broken())::text[])"
BROKE = {"evidence_incident": "sec.broke_incident", "evidence_report": "sec.broke_report"}  # the same, asked of the row's key
# Row situations. `{t}` is the table. Each sees claims through a sub-select: read once per statement (R4). What is asked of the
# claims alone is one boolean there: of `(select f()) is null` the planner guesses that almost no row passes, and then sorts the table.
CONDITIONS = {
    "all": "true",
    "own_organisation": "{t}.organisation_id = (select sec.organisation())",
    "own_area": "((select sec.areas() is null) or {t}.adm1 = any ((select sec.areas())::text[]))",
    "self": "{t}.id = (select sec.person())",
    "own": "{t}.person_id = (select sec.person())",
    "colleagues": "sec.colleague({t}.id)",
    # Looked up by key for each row, by functions of the keeper: a sub-select would be planned with every policy it meets.
    "assigned_report": "sec.on_report({t}.report_id)",
    "assigned_incident": "sec.on_case({t}.incident_id)",
    "own_office_report": (
        "exists (select 1 from public.evidence_report o where o.mission_id = {t}.mission_id and o.id = {t}.report_id"
        " and o.organisation_id = (select sec.organisation()))"
    ),
    "assigned_decision": "sec.decided({t}.decision_id)",
    "not_named": "{t}.audience <> 'named'",
    "this_mission": "{t}.mission_id = (select sec.mission())",
    # Compartments: allegations against State forces or a contingent are closed to staff whom they could reach.
    "open_incident_compartment": (
        "(not ({t}.compartment::text[] && (select sec.walled())) or (select sec.person()) = any (array[{t}.assigned_to_id, {t}.opened_by_id])"
        " or " + NAMED + " or " + GLASS + ")"
    ),
    "open_report_compartment": (
        "(not ({t}.compartment::text[] && (select sec.walled())) or {t}.recorded_by_id = (select sec.person())"
        " or " + NAMED + " or " + GLASS + ")"
    ),
    "broke_glass": GLASS,
    "broke_glass_incident": BROKE["evidence_incident"] + "({t}.incident_id)",
    "broke_glass_report": BROKE["evidence_report"] + "({t}.report_id)",
    # Two people, and never oneself.
    "fresh": "(select sec.fresh())",
    "proposed_by_me": "{t}.proposed_by_id = (select sec.person()) and {t}.person_id <> (select sec.person())",
    "of_a_colleague": "sec.colleague({t}.person_id)",
    "another_person": "{t}.person_id <> (select sec.person())",
    "asked_by_me": "{t}.asked_by_id = (select sec.person())",
    "for_another": "{t}.person_id <> (select sec.person()) and sec.colleague({t}.person_id)",
    "named_by_me": "{t}.named_by_id = (select sec.person()) and sec.colleague({t}.person_id)",
    "case_team": "sec.teammate({t}.person_id)",
    # Child protection: cases of children, those one opened or verifies, and the reports of both.
    "child_incident": "(greatest({t}.girls, {t}.boys, {t}.child_unknown) > 0 or (select sec.person()) in ({t}.assigned_to_id, {t}.opened_by_id))",
    "child_report": "(greatest({t}.girls, {t}.boys, {t}.child_unknown) > 0 or sec.of_child_case({t}.id))",
    "open_object": "sec.opens({t}.object_id)",
    "own_register": "{t}.register = any ((select sec.registers())::text[])",
    "own_register_entry": "sec.on_register({t}.entry_id)",
    "unlocked": "(select sec.unlocked())",
    # Whoever a row says has acted is whoever acts.
    "made_by_me": "{t}.made_by_id = (select sec.person())",
    "opened_by_me": "{t}.opened_by_id = (select sec.person())",
    "recorded_by_me": "{t}.recorded_by_id = (select sec.person())",
    "routed_by_me": "{t}.routed_by_id = (select sec.person())",
    "written_by_me": "{t}.written_by_id = (select sec.person())",
    # Urgent products: no incident to follow, so their own compartment; what is over is not there; who is addressed, once it is sent.
    "open_compartment": "(not ({t}.compartment::text[] && (select sec.walled())) or {t}.made_by_id = (select sec.person()))",
    "not_over": "{t}.expires_at > now()",
    "addressed": "{t}.sent_at is not null and {t}.addressees::text[] && (select sec.roles())",
    "shared_with_me": "{t}.shared_with::text[] && (select sec.roles())",
}


@cache
def policy() -> dict[str, Any]:
    """The policy file, read once."""
    loaded: dict[str, Any] = yaml.safe_load(POLICY_FILE.read_text())
    return loaded


def roles_of(names: list[str]) -> list[str]:
    """Role codes of a list that may name groups."""
    found: list[str] = []
    for name in names:
        found += policy()["groups"].get(name, [name])
    unknown = set(found) - set(policy()["roles"])
    if unknown:
        raise ValueError(f"policy.yaml names unknown roles: {sorted(unknown)}")
    return sorted(set(found))


def _clauses(table: str, rights: list[dict[str, Any]]) -> str:
    """`(roles and (condition or …)) or …` of one operation; rights of the same roles stand together, so that these are read once."""
    by_roles: dict[str, list[str]] = {}
    for right in rights:
        conditions = " and ".join(CONDITIONS[name].format(t=table) for name in right.get("where", ["all"]))
        roles = "" if right["roles"] == ["anyone"] else ", ".join(f"'{role}'" for role in roles_of(right["roles"]))
        by_roles.setdefault(roles, []).append(f"({conditions})")
    parts = []
    for roles, found in by_roles.items():
        either = " or ".join(found) if len(found) == 1 else "(" + " or ".join(found) + ")"
        parts.append(f"((select sec.roles() && array[{roles}]::text[]) and {either})" if roles else either)
    return " or ".join(parts) or "false"


def walls(table: str) -> list[str]:
    """The conjuncts of the restrictive policy: mission, class, named situations, and the row it hangs on."""
    entry = policy()["tables"][table]
    level = int(entry["class"][1])
    found = [] if entry.get("across_missions") else [f"{table}.mission_id = (select sec.mission())"]
    found.append(f"(select sec.clearance() >= {level})" if level and found else "(select sec.person() is not null)")
    found += [CONDITIONS[name].format(t=table) for name in entry.get("wall", [])]
    for column, parent in entry.get("follows", {}).items():
        found.append(f"exists (select 1 from public.{parent} p where p.mission_id = {table}.mission_id and p.id = {table}.{column})")
    return found


def _glass(table: str, row: str = "", depth: int = 0) -> str:
    """What was opened by breaking the glass is read and not written: neither this row nor any it hangs on is open that way."""
    entry, row = policy()["tables"][table], row or table
    found = ["not " + GLASS.format(t=row)] if entry.get("wall") else []
    for column, parent in entry.get("follows", {}).items():
        if parent in BROKE:
            found.append(f"not {BROKE[parent]}({row}.{column})")
            continue
        above = f"p{depth}"
        if clear := _glass(parent, above, depth + 1):
            key = f"{above}.mission_id = {row}.mission_id and {above}.id = {row}.{column}"
            found.append(f"not exists (select 1 from public.{parent} {above} where {key} and not ({clear}))")
    return " and ".join(found)


def policy_sql(table: str) -> list[str]:
    """Statements that give one table its policies and rights, replacing what it has."""
    entry = policy()["tables"][table]
    conjuncts = walls(table)
    wall = " and ".join(conjuncts)
    # A writer need not be cleared to read back what is handed in; mission, parent and compartment hold for new rows too.
    check = " and ".join(one for one in conjuncts if "sec.clearance()" not in one)
    out = [
        f"do $$ declare p record; begin for p in select policyname from pg_policies where schemaname = 'public'"
        f" and tablename = '{table}' loop execute format('drop policy %I on public.{table}', p.policyname); end loop; end $$",
        f"create policy compartment on public.{table} as restrictive to {RUN_TIME_ROLES} using ({wall})"
        f" with check ({check})",
        f"revoke all on public.{table} from {RUN_TIME_ROLES}",
    ]
    if glass := _glass(table):
        for verb, kind in (("insert", "with check"), ("update", "using"), ("delete", "using")):
            out.append(f"create policy glass_{verb} on public.{table} as restrictive for {verb} to {RUN_TIME_ROLES} {kind} ({glass})")
    for operation, verb in OPERATIONS.items():
        rights = entry.get(operation)
        if not rights:
            continue
        clause = _clauses(table, rights)
        using = "" if operation == "insert" else f"using ({clause})"
        checked = f"with check ({clause})" if operation in ("insert", "update") else ""
        out.append(f"create policy {operation}_rows on public.{table} for {verb} to {RUN_TIME_ROLES} {using} {checked}")
        out.append(f"grant {verb} on public.{table} to {RUN_TIME_ROLES}")
    if "mission_id" in entry["fields"]:
        out.append(unique_sql(table))
    out += keeper_sql(table)
    if entry.get("history"):
        out += _history_policies(table, " and ".join(conjuncts[:2]).replace(f"{table}.", f"{table}_history."))
    return out


def words_sql(table: str) -> str:
    """A function that finds rows of a text table by words: the index may be used (under row security it may not: matching is
    not leakproof), and every condition of the policies stands in the function itself, so that it tells of open rows alone.
    """
    entry = policy()["tables"][table]
    conditions = [f"({_clauses(table, entry['select'])})", *(wall for wall in walls(table) if not wall.startswith("exists"))]
    column, parent = next(iter(entry["follows"].items()))
    above = " and ".join([*walls(parent), f"({_clauses(parent, policy()['tables'][parent]['select'])})"]).replace(f"{parent}.", "p.")
    return f"""create or replace function sec.words_in_{table}(p_words text, p_most int) returns setof uuid
      language sql stable security definer set search_path = pg_catalog as $$
      select {table}.{column} from public.{table} where {words_vector(table)} @@ websearch_to_tsquery('simple', p_words)
        and exists (select 1 from public.{parent} p where p.mission_id = {table}.mission_id and p.id = {table}.{column} and {above})
        and {" and ".join(conditions)} limit p_most $$;
      revoke all on function sec.words_in_{table}(text, int) from public;
      grant execute on function sec.words_in_{table}(text, int) to {RUN_TIME_ROLES}"""


def words_vector(table: str, row: str = "") -> str:
    """What a text table is searched by: its texts, as words of no particular language."""
    texts = " || ' ' || ".join(f"{row + '.' if row else ''}{column}" for column in policy()["tables"][table]["words"])
    return f"to_tsvector('simple'::regconfig, {texts})"


def keeper_sql(table: str) -> list[str]:
    """What the context functions must read, and what an installation writes."""
    if not policy()["tables"][table].get("keeper"):
        return []
    only_reads = policy()["tables"][table]["keeper"] == "read"
    return [
        f"drop policy if exists keeper on public.{table}",
        f"create policy keeper on public.{table} {'for select' if only_reads else ''} to sec_owner using (true)"
        + ("" if only_reads else " with check (true)"),
        f"grant {'select' if only_reads else 'select, insert, update, delete'} on public.{table} to sec_owner",
    ]


def _history_policies(table: str, wall: str) -> list[str]:
    """Earlier versions are open to whom the row itself is open: the same conditions, by asking the row."""
    name = f"{table}_history"
    return [
        f"do $$ declare p record; begin for p in select policyname from pg_policies where schemaname = 'public'"
        f" and tablename = '{name}' loop execute format('drop policy %I on public.{name}', p.policyname); end loop; end $$",
        f"create policy compartment on public.{name} as restrictive to {RUN_TIME_ROLES} using ({wall})",
        f"create policy select_rows on public.{name} for select to {RUN_TIME_ROLES}"
        f" using (exists (select 1 from public.{table} t where t.mission_id = {name}.mission_id and t.id = {name}.id))",
        f"create policy writer on public.{name} to data_owner using (mission_id = (select sec.mission()))"
        f" with check (mission_id = (select sec.mission()))",
        f"grant select on public.{name} to {RUN_TIME_ROLES}",
    ]


def shape_sql(table: str, has_mission: bool) -> list[str]:
    """Row security forced, and the key (mission, id) (R1, R2, R7)."""
    out = [f"alter table public.{table} enable row level security", f"alter table public.{table} force row level security"]
    if has_mission:
        out += [
            f"alter table public.{table} drop constraint {table}_pkey",
            f"alter table public.{table} add constraint {table}_pkey primary key (mission_id, id)",
        ]
    return out


def unique_sql(table: str) -> str:
    """A column unique by itself becomes unique in its mission, so that no key tells of another mission's rows (R8)."""
    return f"""do $$ declare c record; begin
      for c in select k.conname, a.attname from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
        where k.conrelid = 'public.{table}'::regclass and k.contype = 'u' and cardinality(k.conkey) = 1 loop
        execute format('alter table public.{table} drop constraint %I', c.conname);
        execute format('alter table public.{table} add constraint %I unique (mission_id, %I)', c.conname, c.attname);
      end loop; end $$"""


def reference_sql(table: str, references: list[tuple[str, str, str]]) -> list[str]:
    """References that carry the mission, so that none tells whether a foreign row exists (R7)."""
    return [
        f"alter table public.{table} add constraint {table}_{column}_same_mission foreign key (mission_id, {column})"
        f" references public.{target} (mission_id, id) on delete {at_end} deferrable initially deferred"
        for column, target, at_end in references
    ]


def history_sql(table: str) -> list[str]:
    """Earlier versions of each row, kept by trigger; deleting a row (erasure) takes its history with it."""
    name = f"{table}_history"
    return [
        f"create table public.{name} (history_id bigint generated always as identity primary key, mission_id uuid not null,"
        f" id uuid not null, history_at timestamptz not null default clock_timestamp(), history_by text, earlier jsonb not null)",
        f"create index on public.{name} (mission_id, id)",
        f"alter table public.{name} enable row level security",
        f"alter table public.{name} force row level security",
        f"""create function public.{table}_keep() returns trigger language plpgsql security definer
            set search_path = pg_catalog as $$
            begin
              if tg_op = 'DELETE' then delete from public.{name} where mission_id = old.mission_id and id = old.id; return old; end if;
              insert into public.{name} (mission_id, id, history_by, earlier)
                values (old.mission_id, old.id, sec.pseudonym(), to_jsonb(old));
              return new;
            end $$""",
        f"revoke all on function public.{table}_keep() from public",
        f"create trigger keep after update or delete on public.{table} for each row execute function public.{table}_keep()",
    ]


class Protect(Operation):
    """Migration step: every listed model gets forced row security, composite keys and, if asked, history.

    Closed to all until `install.migrate` has given every table the policies of today's file: a step of last year must
    not ask for what this year's policies speak of.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, *names: str) -> None:
        self.names = names

    def deconstruct(self) -> tuple[str, list[str], dict[str, Any]]:
        return (self.__class__.__qualname__, list(self.names), {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The state of the models does not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        found = [to_state.apps.get_model(app_label, name) for name in self.names]
        steps = []
        for model in found:
            fields = {field.name for field in model._meta.get_fields()}
            steps += shape_sql(model._meta.db_table, "mission" in fields)
        for model in found:
            steps += reference_sql(model._meta.db_table, _references(model))
        for statement in steps:
            schema_editor.execute(statement, params=None)
        for model in found:
            table = model._meta.db_table
            if policy()["tables"][table].get("history"):
                for statement in history_sql(table):
                    schema_editor.execute(statement, params=None)
            for statement in keeper_sql(table):
                schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for name in self.names:
            table = from_state.apps.get_model(app_label, name)._meta.db_table
            schema_editor.execute(f"drop table if exists public.{table}_history cascade", params=None)
            schema_editor.execute(f"drop function if exists public.{table}_keep() cascade", params=None)

    def describe(self) -> str:
        return "Protect " + ", ".join(self.names)


def _references(model: type[models.Model]) -> list[tuple[str, str, str]]:
    """(column, table, what follows a deletion) of every reference to a model that itself belongs to a mission."""
    out = []
    for field in model._meta.local_fields:
        if not isinstance(field, models.ForeignKey) or field.name == "mission":
            continue
        target = field.related_model
        if not isinstance(target, str) and any(other.name == "mission" for other in target._meta.local_fields):
            at_end = "cascade" if field.remote_field.on_delete is models.CASCADE else "no action"
            out.append((field.column, target._meta.db_table, at_end))
    return out


def as_keeper(name: str) -> str:
    """A file of security/sql, to be run in the name of the context's keeper."""
    body = Path(__file__).with_name("sql").joinpath(name).read_text()
    return f"set local role sec_owner;\n{body}\nset local role data_owner;"

"""The documentation table of roles and rights, written from the policy file."""

from openmara.security import routes
from openmara.security.protect import policy, roles_of

OPERATIONS = ("select", "insert", "update", "delete")


def _cell(rights: list[dict[str, list[str]]] | None) -> str:
    if not rights:
        return "–"
    parts = []
    for right in rights:
        who = "everybody of the mission" if right["roles"] == ["anyone"] else " ".join(roles_of(right["roles"]))
        where = [name.replace("_", " ") for name in right.get("where", []) if name != "all"]
        parts.append(who + (f" ({', '.join(where)})" if where else ""))
    return "; ".join(parts)


def roles_page() -> str:
    """Markdown: roles, then table × operation. Columns: class, then who reads, adds, changes, removes."""
    lines = [
        "# Roles and rights", "", "Generated from `openmara/security/policy.yaml` by `make docs`. What is not listed is refused; every",
        "right holds inside one mission and up to the person's clearance only.", "", "| Role | Who |", "|---|---|",
    ]  # fmt: skip
    lines += [f"| {code} | {title} |" for code, title in policy()["roles"].items()]
    lines += ["", "| Table | Class | Reads | Adds | Changes | Removes | History |", "|---|---|---|---|---|---|---|"]
    for table, entry in policy()["tables"].items():
        cells = " | ".join(_cell(entry.get(operation)) for operation in OPERATIONS)
        lines.append(f"| {table} | {entry['class']} | {cells} | {'kept' if entry.get('history') else '–'} |")
    return "\n".join(lines + _routes()) + "\n"


def _routes() -> list[str]:
    """Markdown: address × method, what its key names, and whether it asks for a fresh proof."""
    lines = [
        "", "# Addresses", "", "`table.operation` = the roles that table names for it; groups are those of the policy file. What a key names",
        "is absent where it is not open. Fresh = proved again within five minutes.", "",
        "| Address | Reads | Sends | Key names | Fresh |", "|---|---|---|---|---|",
    ]  # fmt: skip
    return lines + ["| " + " | ".join(row) + " |" for row in routes.table()]

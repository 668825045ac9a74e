"""Who may do what with registers and the inventory, from the policy file; the reason is what a refused person reads."""

from django.utils.translation import gettext as _

from openmara.activities.registers import Register
from openmara.errors import NotAllowed
from openmara.security.permissions import can, check_can, my_roles

ENTRY = "activities_registerentry"
ACTIVITY = "activities_inventoryactivity"


def check_can_read_registers() -> None:
    check_can(ENTRY, "select", _("Registers are read by the components of the mission. Your role does not include it."))


def check_can_record(register: Register) -> None:
    if not can_record(register):
        raise NotAllowed(_("Register entries are recorded by the component concerned. Your role does not include it."))


def check_can_read_inventory() -> None:
    check_can(ACTIVITY, "select", _("The inventory is read by the components of the mission. Your role does not include it."))


def check_can_keep_inventory() -> None:
    check_can(ACTIVITY, "insert", _("The inventory is kept by the senior adviser and the gender unit. Your role does not include it."))


def can_record(register: Register) -> bool:
    """Whether the register's own definition names a role of the running context. The database asks the same list."""
    return can(ENTRY, "insert") and not my_roles().isdisjoint(register.entered_by)

"""Who may do what with registers and the inventory, from the policy file; the reason is what a refused person reads."""

from django.utils.translation import gettext as _

from openmara.security.permissions import can, check_can

ENTRY = "activities_registerentry"
ACTIVITY = "activities_inventoryactivity"


def check_can_read_registers() -> None:
    check_can(ENTRY, "select", _("Registers are read by the components of the mission. Your role does not include it."))


def check_can_record() -> None:
    check_can(ENTRY, "insert", _("Register entries are recorded by the component concerned. Your role does not include it."))


def check_can_read_inventory() -> None:
    check_can(ACTIVITY, "select", _("The inventory is read by the components of the mission. Your role does not include it."))


def check_can_keep_inventory() -> None:
    check_can(ACTIVITY, "insert", _("The inventory is kept by the senior adviser and the gender unit. Your role does not include it."))


def can_record() -> bool:
    return can(ENTRY, "insert")

"""The kinds of file that reports come in: how each is read, converted and named. One entry a kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openmara.interop import incident_sheet, mapping, ucdp
from openmara.interop.named_places import NamedPlaces
from openmara.interop.tables import FileRefused, Row, Table
from openmara.places.boundaries import AreaRecord

Converted = tuple[dict[str, object], dict[str, str]]
LABELS = {
    "reports": gettext_lazy("Our template of incident reports (XLSX, CSV)"),
    "hr_office": gettext_lazy("Human rights office: our template (XLSX)"),
    "police_liste": gettext_lazy("Police list (CSV, French)"),
    "partner_odk_export": gettext_lazy("Local partner: ODK, exported by Central or as submissions (ZIP)"),
    "clinic_network": gettext_lazy("Clinic network: line list (XLSX)"),
    "force_sitrep": gettext_lazy("Force: incident log (JSON)"),
    "community_alerts": gettext_lazy("Community alert network (Unicode text)"),
    "ucdp": gettext_lazy("UCDP georeferenced events, kept as context (CSV)"),
}


def no_areas(_table: Table) -> Sequence[AreaRecord]:
    return ()


@dataclass(frozen=True)
class Source:
    """One kind of file. `column_of`: the file's column behind a column of the template."""

    kind: str
    read: Callable[[bytes, str], Table]
    convert: Callable[[Row, NamedPlaces], Converted]
    column_of: Mapping[str, str]
    key_column: str
    organisation: str = ""
    organisation_name: Mapping[str, str] = field(default_factory=dict)
    context: bool = False
    areas: Callable[[Table], Sequence[AreaRecord]] = no_areas


def kinds() -> tuple[str, ...]:
    """All kinds of file that bring reports."""
    return ("reports", *mapping.kinds(), "ucdp")


def label(kind: str) -> str:
    return str(LABELS.get(kind, kind))


def source(kind: str) -> Source:
    """The reader of a kind."""
    if kind == "reports":
        layout = incident_sheet.LAYOUT
        return Source(kind, incident_sheet.read, partial(mapping.convert, layout), layout.columns, layout.key_column)
    if kind == "ucdp":
        return Source(
            kind, ucdp.read, ucdp.convert, ucdp.COLUMN_OF, "id", ucdp.ORGANISATION, ucdp.ORGANISATION_NAME, context=True, areas=ucdp.areas
        )
    if kind not in mapping.kinds():
        raise FileRefused(_("There is no mapping for files of this kind."))
    layout = mapping.load(kind)
    return Source(
        kind, partial(mapping.read_table, layout), partial(mapping.convert, layout), layout.columns, layout.key_column,
        layout.organisation, layout.organisation_name,
    )  # fmt: skip

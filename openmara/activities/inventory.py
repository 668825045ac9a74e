"""Reads pages of the UN inventory of activities into records: literal text, traceable, nothing invented."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from openmara.activities import inventory_facts as facts
from openmara.activities.inventory_facts import Entity, Link, Number
from openmara.activities.inventory_pages import (
    NUMBERED,
    Passage,
    Period,
    agency_profile,
    page_shape,
    passages,
    plain,
    read_period,
)
from openmara.errors import NotValid

__all__ = [
    "ActivityRecord", "Occurrence", "PageFilter", "PageTooLarge", "Period", "agency_profile", "is_synthetic", "merge", "page_shape",
    "parse_page", "parse_pages", "plain",
]  # fmt: skip

LARGEST_PAGE = 1_000_000  # characters; the five real pages have fewer than 10,000 each
MOST_RECORDS = 3_000  # every passage is compared with every other
CONTAINED_FROM = 80  # letters; a shorter passage inside a longer one may be chance


class PageTooLarge(NotValid):
    """Pages that are too long, or too many, to be read at once."""


@dataclass(frozen=True)
class Occurrence:
    """One place where the passage stands; `match` is 'same', or 'part' where only part of it stands.

    `synthetic` where the page says of itself that it was made for training.
    """

    page: str
    first_line: int
    last_line: int
    period_label: str = ""
    entities: tuple[str, ...] = ()
    match: str = "same"
    synthetic: bool = False


@dataclass(frozen=True)
class ActivityRecord:
    """One published activity. Measures, themes and output type are proposals until somebody has reviewed them."""

    activity_id: str
    text_hash: str
    entities: tuple[Entity, ...]
    unit_prefix: str
    period: Period
    text: str
    provenance: Occurrence
    occurrences: tuple[Occurrence, ...]
    part_of: str = ""
    measures: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    missions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    partners: tuple[Entity, ...] = ()
    output_type: str = ""
    numbers: tuple[Number, ...] = ()
    urls: tuple[Link, ...] = ()
    dates_mentioned: tuple[str, ...] = ()
    review_status: str = "unreviewed"

    @property
    def period_label(self) -> str:
        return self.period.label

    @property
    def period_start(self) -> date | None:
        return self.period.start

    @property
    def period_end(self) -> date | None:
        return self.period.end

    @property
    def period_precision(self) -> str:
        return self.period.precision


@dataclass(frozen=True)
class PageFilter:
    """What a search page was filtered by; the page itself does not print it."""

    period: str | None = None
    entity: str | None = None


def normalised(text: str) -> str:
    """Text as compared for repetition: letters and digits only, small letters."""
    return "".join(c for c in text.casefold() if c.isalnum())


def parse_page(
    name: str,
    text: str,
    filter_period: str | None = None,
    filter_entity: str | None = None,
    profile_texts: Collection[str] = (),
) -> list[ActivityRecord]:
    """All activities of one page, parents before their parts; passages known from an agency's profile are dropped."""
    _check_size(name, text)
    shape = page_shape(text)
    if shape in ("deck", "other"):
        return []
    period = read_period(filter_period, "filter") if filter_period else Period()
    entities = facts.header_entities(filter_entity, "filter") if filter_entity else ()
    known = {normalised(passage) for passage in profile_texts}
    found = passages(text, period, entities, started=shape == "search")
    records = [r for p in found if normalised(p.text) not in known for r in _records(name, p)]
    return [_synthetic(r) for r in records] if is_synthetic(text) else records


def is_synthetic(text: str) -> bool:
    """Whether a page says of itself, in a notice of its own, that it was made for training."""
    return any(line.strip().casefold().startswith("[synthetic") for line in text.splitlines())


def _synthetic(record: ActivityRecord) -> ActivityRecord:
    place = replace(record.provenance, synthetic=True)
    return replace(record, provenance=place, occurrences=(place,))


def _check_size(name: str, text: str) -> None:
    """Refuse what is no page: reading takes time that grows with it."""
    if len(text) > LARGEST_PAGE:
        raise PageTooLarge(f"{name}: longer than {LARGEST_PAGE} characters; this is no page of the inventory.")


def parse_pages(
    pages: Mapping[str, str], filters: Mapping[str, PageFilter] | None = None
) -> list[ActivityRecord]:
    """All activities of several pages: profiles of any page are dropped from all, repeated passages kept once."""
    profiles = [p.text for text in pages.values() if (a := agency_profile(text)) for p in a.passages]
    records: list[ActivityRecord] = []
    for name, text in pages.items():
        chosen = (filters or {}).get(name, PageFilter())
        records += parse_page(name, text, chosen.period, chosen.entity, profiles)
        if len(records) > MOST_RECORDS:
            raise PageTooLarge(f"{name}: more than {MOST_RECORDS} passages so far; read the pages in smaller sets.")
    return merge(records)


def _records(page: str, passage: Passage) -> list[ActivityRecord]:
    """The record of a passage, followed by its parts where it enumerates or covers several entities."""
    unit, start = facts.split_prefix(passage.text)
    text = passage.text[start:]
    unit = facts.leading_unit(text) if unit == "none" else unit
    authors = passage.entities
    if not authors and (acting := facts.subject(text)):
        authors = (acting,)
    parent = _record(page, passage, (start, len(passage.text)), facts.joint_entities(text, authors), unit)
    parts = [(span, parent.entities) for span in _enumerated(passage, start)] or _by_entity(
        passage, start, authors
    )
    return [parent, *(_record(page, passage, span, who, unit, parent.activity_id) for span, who in parts)]


def _enumerated(passage: Passage, start: int) -> list[tuple[int, int]]:
    """Spans of the items of a numbered or bulleted enumeration; a first item may stand before a '2.'."""
    text, end = passage.text, len(passage.text)
    if passage.bullets:
        heads = [(offset, offset + 2) for offset in passage.bullets]
    else:
        marks = list(NUMBERED.finditer(text, start))
        counted = [int(m[1]) for m in marks]
        if not counted or counted != list(range(counted[0], counted[0] + len(counted))) or counted[0] > 2:
            return []
        heads = [m.span() for m in marks]
        heads = [(start, start), *heads] if counted[0] == 2 else heads
    stops = [head for head, _ in heads[1:]] + [end]
    return [(begin, stop) for (_, begin), stop in zip(heads, stops, strict=True)] if len(heads) > 1 else []


def _by_entity(
    passage: Passage, start: int, authors: tuple[Entity, ...]
) -> list[tuple[tuple[int, int], tuple[Entity, ...]]]:
    """Spans of sentences by the entity that acts in them, when there is more than one such entity."""
    text, begin = passage.text, start
    cuts = [m.start() for m in facts.SENTENCE_END.finditer(text, start)]
    segments: list[tuple[int, int, tuple[Entity, ...]]] = []
    for stop in [*cuts, len(text)]:
        acting = facts.subject(text[begin:stop].strip())
        who = (acting,) if acting else (segments[-1][2] if segments else authors[:1])
        if segments and [e.code for e in segments[-1][2]] == [e.code for e in who]:
            segments[-1] = (segments[-1][0], stop, segments[-1][2])
        else:
            segments.append((begin, stop, who))
        begin = stop
    several = len({e.code for _, _, who in segments for e in who}) > 1
    return [((first, last), who) for first, last, who in segments] if several else []


def _record(
    page: str,
    passage: Passage,
    span: tuple[int, int],
    entities: tuple[Entity, ...],
    unit: str,
    part_of: str = "",
) -> ActivityRecord:
    """A record of a literal span of a passage, with the facts that stand in it."""
    raw = passage.text[span[0] : span[1]]
    first = span[0] + len(raw) - len(raw.lstrip())
    text = raw.strip()
    place = Occurrence(
        page,
        passage.line_at(first),
        passage.line_at(first + max(len(text) - 1, 0)),
        passage.period.label,
        tuple(e.as_printed for e in entities),
    )
    return ActivityRecord(
        activity_id=_identity(text, entities, passage.period, part_of),
        text_hash=_hash(normalised(text)),
        entities=entities,
        unit_prefix=unit,
        period=passage.period,
        text=text,
        provenance=place,
        occurrences=(place,),
        part_of=part_of,
        measures=facts.measures(text),
        themes=facts.themes(text),
        missions=facts.missions(text),
        countries=facts.countries(text),
        partners=facts.partners(text, entities),
        output_type=facts.output_type(text),
        numbers=facts.numbers(text),
        urls=facts.links(text),
        dates_mentioned=facts.dates_mentioned(text),
    )


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:32]


def _identity(text: str, entities: tuple[Entity, ...], period: Period, part_of: str) -> str:
    """Hash of normalised text, entities and period; a part also carries the passage it belongs to."""
    return _hash("\n".join([normalised(text), ";".join(e.code for e in entities), period.label, part_of]))


def merge(records: Iterable[ActivityRecord]) -> list[ActivityRecord]:
    """Repeated passages once, with every occurrence; the fullest text stays, the period comes from a printed header."""
    everything = list(records)
    groups: dict[str, list[ActivityRecord]] = {}
    for record in everything:
        if not record.part_of:
            groups.setdefault(record.text_hash, []).append(record)
    homes = _contained(groups)
    merged: list[ActivityRecord] = []
    for text_hash in groups:
        if homes[text_hash] == text_hash:
            members = [r for h, g in groups.items() if homes[h] == text_hash for r in g]
            merged += _merge_group(groups[text_hash][0], members, everything)
    return merged


def _contained(groups: Mapping[str, list[ActivityRecord]]) -> dict[str, str]:
    """For every text the longest text that contains it whole (itself when there is none)."""
    texts = sorted(((normalised(g[0].text), h) for h, g in groups.items()), key=lambda pair: -len(pair[0]))
    homes: dict[str, str] = {}
    for text, text_hash in texts:
        longer = (h for t, h in texts if len(text) >= CONTAINED_FROM and len(t) > len(text) and text in t)
        homes[text_hash] = next(longer, text_hash)
    return homes


def _merge_group(
    base: ActivityRecord, members: list[ActivityRecord], everything: list[ActivityRecord]
) -> list[ActivityRecord]:
    """One record out of all members, and its parts out of all members' parts."""
    order = {"header": 0, "filter": 1, "none": 2}
    dated = min(members, key=lambda r: order[r.period.source])
    named = min((r for r in members if r.entities), key=lambda r: order[r.period.source], default=base)
    whole = _merged(base, members, dated.period, named.entities, "")
    parts: dict[str, list[ActivityRecord]] = {}
    for part in everything:
        if part.part_of and part.part_of in {r.activity_id for r in members}:
            parts.setdefault(part.text_hash, []).append(part)
    result = [whole]
    for same in parts.values():
        own = named.entities if same[0].entities == base.entities else same[0].entities
        result.append(_merged(same[0], same, dated.period, own, whole.activity_id))
    return result


def _merged(
    base: ActivityRecord,
    members: list[ActivityRecord],
    period: Period,
    entities: tuple[Entity, ...],
    part_of: str,
) -> ActivityRecord:
    occurrences = tuple(
        o if r.text_hash == base.text_hash else replace(o, match="part")
        for r in members
        for o in r.occurrences
    )  # fmt: skip
    unique = {(o.page, o.first_line, o.last_line): o for o in occurrences}
    return replace(
        base,
        activity_id=_identity(base.text, entities, period, part_of),
        entities=entities,
        period=period,
        part_of=part_of,
        partners=facts.partners(base.text, entities),
        occurrences=tuple(unique.values()),
    )

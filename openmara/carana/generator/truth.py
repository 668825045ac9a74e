"""What really happened in the demo: true incidents over eight quarters, with an invented storyline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from .codes import FORM_ORDER, TALLY, principal_form
from .contexts import ADM1_WEIGHT, COMPANIONS, CONTEXTS, LONG_FORMS, PARTIES_BY_ADM1, STATE_PARTIES, Context
from .places import Gazetteer, Settlement
from .quarters import Quarter, full_quarters

# Share of all incidents per quarter: baseline, the split of the MLCS in the third, the peak, then patrols.
QUARTER_SHARE = (11.0, 11.5, 13.5, 14.5, 13.5, 12.5, 12.0, 11.5)
SPLIT_QUARTER = 2
SCENE = ("Kika", "Gachal", "Xalksa")


@dataclass(frozen=True)
class TrueIncident:
    """One incident as it happened; `occurred` is false for rumours that people reported in good faith."""

    truth_id: str
    date_from: date
    date_to: date
    place: Settlement
    forms: tuple[str, ...]
    parties: tuple[str, ...]
    tally: Mapping[str, int]
    context: str
    storyline: str
    extra: Mapping[str, Any] = field(default_factory=dict)
    occurred: bool = True

    @property
    def total(self) -> int:
        return sum(self.tally.values())

    def row(self) -> dict[str, Any]:
        """One line of truth/incidents.jsonl."""
        return {
            "truth_id": self.truth_id,
            "occurred": self.occurred,
            "date_from": self.date_from.isoformat(),
            "date_to": self.date_to.isoformat(),
            "adm1": self.place.adm1,
            "adm2": self.place.adm2,
            "adm3": self.place.adm3,
            "settlement": self.place.code,
            "forms": list(self.forms),
            "principal_form": principal_form(list(self.forms)),
            "parties": list(self.parties),
            "tally": dict(self.tally),
            "context": self.context,
            "storyline": self.storyline,
            "synthetic": True,
        }


def draw(rng: Random, weights: Mapping[str, float]) -> str:
    """One key, drawn by weight."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


class TruthWriter:
    """Draws the true incidents of one mission from one random stream."""

    def __init__(self, rng: Random, gazetteer: Gazetteer, as_of: date) -> None:
        self.rng = rng
        self.gazetteer = gazetteer
        self.quarters = full_quarters(as_of)
        self.scene = {name: gazetteer.named(name) for name in SCENE}
        self.place_weights = {code: self._weights(code) for code in gazetteer.adm1_codes()}

    def _weights(self, adm1: str) -> tuple[Sequence[Settlement], list[float]]:
        """Districts differ much: the n-th district of a province weighs 1/n, its settlements alike."""
        settlements = self.gazetteer.in_adm1(adm1)
        districts = sorted({s.adm2 for s in settlements})
        rank = {code: number for number, code in enumerate(districts, start=1)}
        size = {code: sum(1 for s in settlements if s.adm2 == code) for code in districts}
        return settlements, [1 / rank[s.adm2] / size[s.adm2] for s in settlements]

    def incidents(self, count: int) -> list[TrueIncident]:
        """True incidents in order of their end, the mass incident of Kika among them."""
        shares = [count * share / sum(QUARTER_SHARE) for share in QUARTER_SHARE]
        drawn: list[TrueIncident] = [self._mass_incident()]
        for position, quarter in enumerate(self.quarters):
            wanted = round(sum(shares[: position + 1])) - len(drawn)
            drawn += [self._one(position, quarter) for _ in range(wanted)]
        drawn.sort(key=lambda i: (i.date_to, i.date_from, i.place.code))
        return [_numbered(incident, f"T{number:05d}") for number, incident in enumerate(drawn, start=1)]

    def rumours(self, count: int) -> list[TrueIncident]:
        """Events that people reported but that did not occur."""
        found = [self._one(p, q) for p, q in self._spread(count)]
        found.sort(key=lambda i: (i.date_to, i.place.code))
        return [
            _numbered(incident, f"F{number:05d}", occurred=False) for number, incident in enumerate(found, 1)
        ]

    def _spread(self, count: int) -> list[tuple[int, Quarter]]:
        positions = [self.rng.randrange(len(self.quarters)) for _ in range(count)]
        return [(position, self.quarters[position]) for position in positions]

    def _one(self, position: int, quarter: Quarter) -> TrueIncident:
        rng = self.rng
        adm1 = draw(rng, ADM1_WEIGHT)
        storyline = self._storyline(adm1, position)
        name = self._context_name(adm1, storyline)
        context = CONTEXTS[name]
        first, last = self._dates(quarter, context)
        forms = self._forms(context)
        if forms[0] in LONG_FORMS:
            first = last - timedelta(days=rng.randint(6, 120))
        return TrueIncident(
            "",
            first,
            last,
            self._place(adm1, storyline),
            forms,
            self._parties(adm1, name, storyline),
            self._tally(context),
            name,
            storyline,
            self._extra(context),
        )

    def _storyline(self, adm1: str, position: int) -> str:
        """Which part of the story an incident belongs to; after the split Leppko's south-west is the scene."""
        if position < SPLIT_QUARTER:
            return "baseline"
        if adm1 == "CR08":
            # Patrols answer from the fifth quarter on: the scene's share falls.
            mlcs = 0.5 if position < SPLIT_QUARTER + 2 else 0.28
            pick = self.rng.random()
            if pick < mlcs:
                return "mlcs_split"
            if pick < mlcs + 0.14:
                return "displacement_xalksa"
            return "icsc_south" if pick < 0.85 else "patrol_response"
        return "galasi_detention" if adm1 == "CR01" and self.rng.random() < 0.4 else "elsewhere"

    def _context_name(self, adm1: str, storyline: str) -> str:
        weights = {name: context.weight for name, context in CONTEXTS.items()}
        if storyline == "mlcs_split":
            weights |= {
                "village_attack": 52,
                "recruitment": 6,
                "captivity": 12,
                "detention": 2,
                "checkpoint": 4,
            }
        elif storyline == "displacement_xalksa":
            weights = {"displacement_site": 60, "road": 25, "field_and_water": 15}
        elif storyline == "galasi_detention":
            weights = {"detention": 75, "checkpoint": 25}
        return draw(self.rng, weights)

    def _dates(self, quarter: Quarter, context: Context) -> tuple[date, date]:
        rng = self.rng
        last = quarter.start + timedelta(days=rng.randrange((quarter.end - quarter.start).days + 1))
        length = rng.randint(1, 9) if rng.random() < 0.10 else 0
        return last - timedelta(days=length), last

    def _place(self, adm1: str, storyline: str) -> Settlement:
        rng = self.rng
        if storyline == "mlcs_split":
            centre = self.scene["Kika" if rng.random() < 0.55 else "Gachal"]
            return self._near(centre)
        if storyline == "displacement_xalksa":
            return self._near(self.scene["Xalksa"])
        settlements, weights = self.place_weights[adm1]
        return rng.choices(settlements, weights=weights)[0]

    def _near(self, centre: Settlement) -> Settlement:
        """The named settlement or another of its district."""
        if self.rng.random() < 0.3:
            return centre
        around = [s for s in self.gazetteer.in_adm1(centre.adm1) if s.adm2 == centre.adm2]
        return self.rng.choice(around)

    def _forms(self, context: Context) -> tuple[str, ...]:
        rng = self.rng
        first = draw(rng, context.forms)
        forms = {first}
        for companion in COMPANIONS.get(first, ()):
            if rng.random() < 0.12:
                forms.add(companion)
        return tuple(sorted(forms, key=FORM_ORDER.index))

    def _parties(self, adm1: str, context: str, storyline: str) -> tuple[str, ...]:
        """Parties of one incident are of one category, so that a count by category adds up."""
        rng = self.rng
        if storyline == "mlcs_split":
            return ("MLCS",) if rng.random() < 0.9 else ("ICSC", "MLCS")
        if context == "detention" and rng.random() < 0.8:
            return (draw(rng, STATE_PARTIES),)
        if context == "recruitment" and adm1 == "CR08":
            return ("ICSC",)
        first = draw(rng, PARTIES_BY_ADM1[adm1])
        if first == "CDF" and rng.random() < 0.05:
            return ("CDF", "PEF")
        return (first,)

    def _tally(self, context: Context) -> dict[str, int]:
        rng = self.rng
        size = rng.choices(range(1, len(context.sizes) + 1), weights=context.sizes)[0]
        tally = dict.fromkeys(TALLY, 0)
        first = draw(rng, context.people)
        for number in range(size):
            # People attacked together are often alike: half of the others are as the first.
            same = number == 0 or rng.random() < 0.5
            tally[first if same else draw(rng, context.people)] += 1
        return tally

    def _extra(self, context: Context) -> dict[str, Any]:
        rng = self.rng
        violations = [v for v in context.violations if rng.random() < 0.35]
        return {
            "place_type": rng.choice(context.place_types),
            "time_of_day": "evening_night"
            if rng.random() < context.evening
            else rng.choice(("morning", "afternoon")),
            "activity_context": context.activity,
            "displacement_context": rng.choice(context.displacement),
            "associated_violations": violations,
            "during_military_operation": "yes" if rng.random() < context.military else "no",
            "perpetrator_count": draw(rng, {"1": 22, "2": 22, "3": 16, "more_than_3": 40}),
        }

    def _mass_incident(self) -> TrueIncident:
        """Fourteen victims near Kika at the end of the quarter of the split; it is verified late."""
        day = self.quarters[SPLIT_QUARTER].end - timedelta(days=9)
        tally = dict.fromkeys(TALLY, 0) | {"women": 9, "girls": 4, "boys": 1}
        extra = self._extra(CONTEXTS["village_attack"]) | {"perpetrator_count": "more_than_3"}
        return TrueIncident(
            "",
            day - timedelta(days=1),
            day,
            self.scene["Kika"],
            ("gang_rape", "rape", "forced_witness"),
            ("MLCS",),
            tally,
            "village_attack",
            "mass_kika",
            extra,
        )


def _numbered(incident: TrueIncident, truth_id: str, occurred: bool = True) -> TrueIncident:
    return TrueIncident(**(incident.__dict__ | {"truth_id": truth_id, "occurred": occurred}))

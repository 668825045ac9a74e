"""Tags and includes: nothing stated is never a zero, a state never a colour alone, an error is tied to its field."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import engines
from django.utils import translation

from openmara import vocabulary
from openmara.forms.page import PageChoice, PageField
from openmara.security import clock
from openmara.web import wording
from openmara.web.marks import shape


def shown(text: str, **context: Any) -> str:
    return engines["django"].from_string(text).render(context)


def test_it_shows_a_dash_where_nothing_was_stated() -> None:
    assert "–" in shown("{% number none %}", none=None)
    assert ">0<" in shown("{% number zero %}", zero=0)
    for tag in ("{% status '' %}", "{% code 'crsv_form' '' %}", "{% codes 'crsv_form' none %}", "{% ago none %}", "{% month none %}", "{% percent none %}"):
        assert "–" in shown(tag, none=None), tag


def test_it_escapes_what_it_does_not_know() -> None:
    assert "<b>" not in shown("{% status code %}{% code 'crsv_form' code %}", code="<b>")


def test_it_tells_every_state_of_verification_by_word_and_by_its_own_shape() -> None:
    codes = vocabulary.codes("verification_status")
    assert len({shape(code) for code in codes}) == len(codes)
    for code in codes:
        assert vocabulary.label("verification_status", code, "en") in shown("{% status code %}", code=code)


def test_it_writes_figures_and_dates_as_the_language_does() -> None:
    assert "12,345" in shown("{% number 12345 %}")
    with translation.override("fr"):
        assert wording.number_text(12345).replace("\u202f", "\xa0") == "12\xa0345"
        assert wording.percent_text(0.423, 1) == "42,3\xa0%"
        assert "septembre 2026" in shown("{% month day %}", day=date(2026, 9, 1))
        assert "T3 2026" in shown("{% quarter '2026Q3' %}")
        assert "Vérifié" in shown("{% status 'verified' %}")
        assert "tel que communiqué" in shown("{% basis_line '2026Q3' 'as_reported' %}")


def test_it_refuses_a_quarter_that_is_none() -> None:
    with pytest.raises(ValueError, match="no quarter"):
        wording.quarter_text("2026Q5")


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=-5), "not yet"), (timedelta(seconds=5), "just now"), (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"), (timedelta(days=13), "13 days ago"), (timedelta(days=15), "2 weeks ago"),
        (timedelta(days=90), "3 months ago"), (timedelta(days=800), "2 years ago"),
    ],
)  # fmt: skip
def test_it_says_how_long_ago(before: timedelta, words: str) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert wording.ago_text(now - before, now) == words


def test_it_says_when_exactly_in_the_zone_of_the_mission() -> None:
    mission = SimpleNamespace(zone="Africa/Bangui", synthetic=True)
    html = shown("{% ago moment %}", moment=clock.now().replace(hour=23, minute=30), mission=mission)
    assert "00:30 WAT" in html


def test_it_ties_hint_and_error_to_their_field() -> None:
    field = PageField(
        id="q-forms", name="forms", kind="checkboxes", label="Forms", hint="Tick all", required=True, error="Name one.",
        choices=(PageChoice("q-forms-1", "rape", "Rape", True),),
    )  # fmt: skip
    html = shown('{% include "components/field.html" %}{% include "components/error_summary.html" with fields=fields %}', field=field, fields=[field])
    assert 'aria-describedby="q-forms-hint q-forms-error"' in html
    assert 'href="#q-forms"' in html
    assert 'value="rape" checked' in html


@pytest.mark.parametrize("kind", ["input", "textarea", "number", "date", "select", "radios", "file"])
def test_it_labels_every_kind_of_field(kind: str) -> None:
    field = PageField(id="q-x", name="x", kind=kind, label="Words", value="<7>", error="Wrong.")
    html = shown('{% include "components/field.html" %}', field=field)
    assert ('for="q-x"' in html) or ("<legend>" in html)
    assert 'id="q-x"' in html and "q-x-error" in html and "<7>" not in html

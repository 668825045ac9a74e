"""The French interface is complete, and the check that says so can fail."""

import gettext
from pathlib import Path

import polib
import pytest

from openmara.config import translations


def test_it_names_a_text_that_is_missing_untranslated_or_fuzzy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "openmara" / "hall"
    (room / "templates").mkdir(parents=True)
    (room / "__init__.py").write_text("")
    (room / "views.py").write_text('from x import gettext as _\n_("One")\nngettext("%d two", "%d twos", 2)\npgettext("place", "Three")\n')
    (room / "templates" / "page.html").write_text('{% load i18n %}{% translate "Four" %}{% blocktranslate %}Five{% endblocktranslate %}')
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.append(polib.POEntry(msgid="One", msgstr="Un", flags=["fuzzy"]))
    catalogue.append(polib.POEntry(msgid="Four", msgstr=""))
    folder = room / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue.save(str(folder / "django.po"))
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    found = "\n".join(translations.missing())
    for word in ("One", "two", "Three", "Four", "Five"):
        assert word in found


def test_it_has_every_text_of_the_page_frame_in_french() -> None:
    assert translations.missing("web") == []


def test_it_compiles_what_is_newer_and_django_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    po = tmp_path / "openmara/web/locale/fr/LC_MESSAGES/django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "One"\nmsgstr "Un"\n')
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    assert translations.compile_all() == 1 and translations.compile_all() == 0
    assert [one.name for one in po.parent.iterdir() if one.suffix == ".mo"] == ["django.mo"]
    assert gettext.translation("django", tmp_path / "openmara/web/locale", ["fr"]).gettext("One") == "Un"

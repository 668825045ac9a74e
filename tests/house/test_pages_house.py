"""No inline script or style, every open view listed, every refusal before a view."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from openmara import ROOT
from tests.house.open_views import OPEN_VIEWS

TEMPLATES = sorted((ROOT / "openmara").glob("*/templates/**/*.html"))
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\s(?:src=|type=.application/json.))|\son[a-z]+=|javascript:", re.IGNORECASE)


def test_it_sees_inline_code() -> None:
    for bad in ("<style>", '<p style="x">', "<script>x</script>", '<a onclick="x">', '<a href="javascript:x">'):
        assert INLINE.search(bad)
    assert not INLINE.search('<script src="/static/x.js" defer></script>')


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_script_or_style(path: object) -> None:
    assert not INLINE.search(path.read_text()), path  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", sorted((ROOT / "openmara").glob("*/static/**/*.js")), ids=lambda path: path.name)
def test_every_script_is_short_and_names_no_host(path: object) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    assert len(text.splitlines()) <= 150
    assert not re.search(r"https?://|\beval\(|innerHTML", text)


def views(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, object]]:
    out: list[tuple[str, object]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            out.append((entry.name or address, entry.callback))
        else:
            out += views(entry, address)
    return out


def test_every_open_view_is_listed() -> None:
    open_views = {f"{view.__module__}.{view.__name__}" for _name, view in views() if not getattr(view, "login_required", True)}
    assert open_views == set(OPEN_VIEWS)

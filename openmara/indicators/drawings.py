"""Trends drawn once: the same points in the same words are the same file."""

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from openmara.charts import Point, trend

VERSION = 1  # raise it when a drawing changes its look


def trend_svg(points: Sequence[Point], *, title: str, desc: str, lang: str) -> SafeString:
    """The drawing, from memory, from disk, or drawn now."""
    facts = [VERSION, title, desc, lang, [(point.label, point.value, point.hidden) for point in points]]
    key = hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()
    return mark_safe(_drawn(key, tuple(points), title, desc, lang))  # made by charts.finish, which escapes and cleans


@lru_cache(maxsize=512)
def _drawn(key: str, points: tuple[Point, ...], title: str, desc: str, lang: str) -> str:
    path = Path(settings.DATA_FOLDER) / "charts" / f"{key}.svg"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    text = trend(points, title=title, desc=desc, lang=lang).text
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, scratch = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(scratch).rename(path)  # whole or not at all, for who reads at the same time
    return text

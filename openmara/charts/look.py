"""Inks, typeface and number formats that every drawing and document shares."""

from importlib.resources import files
from pathlib import Path

ACCENT = "#1F4E5F"
INK = "#1B2327"
MUTED = "#56636B"
TYPEFACE = "Noto Sans"
NARROW_SPACE = "\u202f"
MINUS = "\u2212"
WORDS: dict[str, dict[str, str]] = {
    "en": {"no_data": "no data", "hidden_spoken": "withheld"},
    "fr": {"no_data": "n.\u00a0d.", "hidden_spoken": "non communiqué"},
}


def word(name: str, lang: str) -> str:
    """A fixed word of a drawing; English where a language has none yet."""
    return WORDS.get(lang, WORDS["en"])[name]


def number(value: int | float, lang: str) -> str:
    """Thousands by comma in English, by a narrow no-break space in French; a real minus sign."""
    text = f"{abs(value):,}" if isinstance(value, int) else f"{abs(value):,.1f}"
    if lang == "fr":
        text = text.replace(",", NARROW_SPACE).replace(".", ",")
    return f"{MINUS}{text}" if value < 0 else text


def font_folders() -> list[Path]:
    """Folders of the typefaces that are embedded: Noto Sans and Amiri."""
    return [Path(str(files("fontpkg_noto_sans") / "files")), Path(str(files("fontpkg_amiri") / "files"))]

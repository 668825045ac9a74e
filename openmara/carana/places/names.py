"""Names of Carana's places: those in capitals' and Leppko's lists are confirmed (UN training scenario), all others invented."""

from dataclasses import dataclass

COUNTRY = {"ADM0_EN": "Carana", "ADM0_FR": "Carana", "ADM0_PCODE": "CR"}


@dataclass(frozen=True)
class Province:
    """A province: its code, names, rough place (0–1 west to east, 0–1 south to north), districts (capital first)."""

    pcode: str
    name_en: str
    name_fr: str
    at: tuple[float, float]
    districts: tuple[str, ...]


def _after_capital(pcode: str, capital: str, at: tuple[float, float], *others: str) -> Province:
    """A province whose own name is not confirmed is called after its capital."""
    of = "d’" if capital[0] in "AEIOU" else "de "
    return Province(pcode, f"{capital} Province", f"Province {of}{capital}", at, (capital, *others))


PROVINCES = (
    Province(
        "CR01", "Fellari Province", "Province de Fellari", (0.93, 0.70),
        ("Galasi", "Ostelar", "Bramine", "Tovessa", "Kalesi Mouth", "Dorvane"),
    ),
    _after_capital("CR02", "Maroni", (0.52, 0.84), "Velkara", "Hastine", "Orumba", "Pelisar"),
    _after_capital("CR03", "Sureen", (0.74, 0.95), "Lantaro", "Miveray", "Cassola", "Windrel"),
    _after_capital("CR04", "Alur", (0.15, 0.84), "Gorvath", "Temline", "Issara", "Bokandel"),
    _after_capital("CR05", "Faron", (0.13, 0.44), "Rudessa", "Mogave Springs", "Chalvar", "Yentola"),
    _after_capital("CR06", "Folsa", (0.48, 0.48), "Arvelin", "Torongo Bend", "Sapira", "Keldane", "Numaris"),
    _after_capital("CR07", "Amsan", (0.36, 0.13), "Dalbora", "Felisende", "Jorumal", "Quessane", "Uvarra"),
    Province(
        "CR08", "Leppko Province", "Province de Leppko", (0.86, 0.20),
        ("Corma", "Maldosa", "Eres", "Muka", "Kika", "Gachal", "Xalksa"),
    ),
)  # fmt: skip

# French names where the English one is not simply kept.
FRENCH = {
    "Kalesi Mouth": "Bouche-du-Kalesi",
    "Mogave Springs": "Sources-de-la-Mogave",
    "Torongo Bend": "Boucle-du-Torongo",
}

# Where Leppko's towns lie inside the province, 0–1 west to east and south to north. The faction ICSC
# controls the south-west (UN training scenario): Gachal, Kika, Muka. Xalksa takes those who flee from there.
LEPPKO_WISHES = {
    "Corma": (0.75, 0.62), "Maldosa": (1.0, 0.45), "Eres": (0.85, 1.0), "Muka": (0.60, 0.0),
    "Kika": (0.25, 0.10), "Gachal": (0.0, 0.35), "Xalksa": (0.42, 0.62),
}  # fmt: skip

# Endings of the names of sub-districts: English suffix, French pattern.
ADM3_ENDINGS = (
    ("Centre", "{}-Centre"),
    ("", "{}"),
    ("North", "{}-Nord"),
    ("South", "{}-Sud"),
    ("East", "{}-Est"),
    ("West", "{}-Ouest"),
)

SYLLABLES_START = (
    "Ab", "Ald", "Ban", "Bel", "Bor", "Cal", "Cor", "Dam", "Del", "Dor", "Dru", "Eb", "El", "Fal", "Fen",
    "Gal", "Gor", "Hal", "Hes", "Il", "Jar", "Jel", "Kal", "Kes", "Kor", "Lam", "Lev", "Lor", "Mal", "Mer",
    "Mor", "Nar", "Nel", "Ol", "Or", "Pal", "Per", "Ral", "Res", "Rov", "Sal", "Sel", "Sor", "Tal", "Tes",
    "Tor", "Ul", "Val", "Ves", "Vor", "Wel", "Xan", "Yal", "Zel",
)  # fmt: skip
SYLLABLES_END = (
    "adra", "akko", "ambe", "andu", "arin", "assa", "avel", "ebor", "eddo", "elka", "enzi", "erane", "essi",
    "ibora", "idane", "ikko", "imba", "inder", "iska", "ivar", "obra", "okel", "omide", "onta", "orane",
    "osk", "otaro", "udel", "ukka", "umbor", "unde", "urane", "ussel", "uvane",
)  # fmt: skip

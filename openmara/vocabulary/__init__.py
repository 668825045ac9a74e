"""Code lists: what the words of the field mean, in every language, with source, validity and cross-walks.

Plain Python, no Django. Holds no case, no person and no workflow; what steers the program is an enumeration elsewhere.
To its left: nothing. Every other room may read it. A code is never reused and never deleted; it gets a `valid_to`.
"""

from openmara.vocabulary.ages import band_in_scheme, band_of_age, is_child, person_category
from openmara.vocabulary.checking import check
from openmara.vocabulary.codelist import Code, CodeList, Unknown, choices, codes, get, label, load, names
from openmara.vocabulary.normalising import fold, normalise
from openmara.vocabulary.printing import describe, overview

__all__ = [
    "Code",
    "CodeList",
    "Unknown",
    "band_in_scheme",
    "band_of_age",
    "check",
    "choices",
    "codes",
    "describe",
    "fold",
    "get",
    "is_child",
    "label",
    "load",
    "names",
    "normalise",
    "overview",
    "person_category",
]

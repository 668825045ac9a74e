"""The one road out: disclosure control, report builder, outputs.

Refuses to hold rows about one person, a typed figure, or a number that has not passed `disclosure` and `attacker`.
Left of it: indicators, activities; of evidence only what is cleared for release.
"""

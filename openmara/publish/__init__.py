"""The one road out: disclosure control, report builder, outputs.

Never holds rows about one person. Left of it: indicators, activities; of evidence only what is cleared for release.
"""

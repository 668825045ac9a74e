"""Reports (accounts), sources, incidents, tallies, parties alleged, consent, verification, attribution.

Never holds anything of `support`; never merges a report away. Left of it: parties, places, security.
"""

"""Meetings of the MARA working group and of the consultation forum, and the mission's assessment of its own arrangements.

The working group speaks of incidents by reference; the forum sees protected aggregates alone.
"""

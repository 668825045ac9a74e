"""Parties to conflict: names over time, splits, listing.

Never holds incidents. Left of it: places, security and the plain rooms.
"""

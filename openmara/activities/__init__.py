"""Registers defined as forms, and the inventory of activities.

Never holds a table per register. Left of it: forms, places, parties.
"""

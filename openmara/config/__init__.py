"""Wiring only: settings, addresses, the embedded database server, what reacts to what.

Refuses to hold: rules, tables, words of the field.
"""

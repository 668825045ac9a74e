"""Carana: the fictional training country and its mission UNAC, source of all demo data.

Holds shapes, names, parties and pages of our own making, each marked synthetic.
Refuses to hold real countries, real groups, or names of persons.
Plain Python and data files; imports no room.
"""

"""Incidents gather reports: split, join, undo, and both sides of an edit. Every judgement is a row; nothing is merged away."""

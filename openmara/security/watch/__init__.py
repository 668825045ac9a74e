"""Watching over access: break-glass and its review, lock-down of a mission, and the pages that read the log.

Entries of the log hold codes and identifiers only; nothing here shows content of a case.
"""

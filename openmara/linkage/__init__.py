"""Candidate duplicate reports with reasons in words, people's judgements on them, clusters with undo.

Never merges a record away. Left of it: evidence (queries, frames), engine.
"""

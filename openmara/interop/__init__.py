"""One module per outside format: read, map, call an action.

Never holds business rules. Left of it: actions and queries of any room, never `web`.
"""

"""Page frame, components, static files, home.

Never writes. Reads `queries.waiting_for` of any room.
"""

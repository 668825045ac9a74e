"""Areas with p-codes and boundaries, settlements, and how precisely a place is known.

Never holds incidents. Left of it: security and the plain rooms.
"""

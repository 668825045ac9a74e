"""Consent by use and recipient, the one gate in front of everything person-level that leaves, and withdrawal in its grades."""

"""Verification by reference: a body verifies in its own system and types nothing twice."""

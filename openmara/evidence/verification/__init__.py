"""Verification and attribution, the two axes of an incident; written by the assigned verifier alone."""

"""Carana's invented provinces, districts, sub-districts and settlements; drawn by make.py, every file marked synthetic."""

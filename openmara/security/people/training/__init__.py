"""Modules that whoever interviews must hold, entered for them by somebody else."""

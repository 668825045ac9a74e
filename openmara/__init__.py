"""OpenMARA: reports of conflict-related sexual violence in, protected figures out."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

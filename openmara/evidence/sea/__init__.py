"""Conduct of United Nations personnel: a draft that only its owner reads, until the conduct channel has it. Never counted, never shared."""

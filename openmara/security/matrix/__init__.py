"""How need-to-know is proved: a second reading of the policy, a world of rows, every cell asked, every rule removed in turn.

For benchmarks and tests only; nothing here runs in the service. docs/explanation/need-to-know.md says how to read it.
"""

"""A log nobody can quietly change: Merkle tree, tiles, signed checkpoints, witnesses, receipts, and their verification.

It knows bytes, hashes and keys; what an entry means it knows only as far as an auditor must check it.
It refuses to hold tables, people or case content, and it imports no Django.
Left of it: errors.
"""

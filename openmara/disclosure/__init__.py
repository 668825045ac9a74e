"""Small numbers are hidden so that nobody can work them out, and an attacker proves it.

Plain: cells and sums in, what may be shown out. Refuses to know what a cell means or to let a release pass that is not proved.
"""

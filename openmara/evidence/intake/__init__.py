"""The sheet on which a person writes one account: its form as text, the mapping to the template, its own writes.

Refuses to hold what is typed when conduct of UN or related personnel is alleged: a routing notice alone remains.
"""

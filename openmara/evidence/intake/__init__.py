"""The desk: the sheet on which a person writes one account, its mapping to the template, what each page is made of.

Refuses to hold what is typed when conduct of UN or related personnel is alleged: a routing notice alone remains.
"""

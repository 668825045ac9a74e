"""Who may see what: missions, people, organisations, grants, verified context, policies, audit log.

Holds no case content. The database decides what exists for you; the action decides what you may do.
Left of it: vocabulary, forms, engine, errors.
"""

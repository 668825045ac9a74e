"""The compendium as folders: definition, steps, drawn tables, twin; results per quarter.

Never sets targets on counts of conflict-related sexual violence. Reads frames only.
"""

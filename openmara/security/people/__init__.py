"""People of a mission: invitations, grants by two people, travel, recovery, and who is named for a compartment."""

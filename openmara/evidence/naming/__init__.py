"""Who is named for an incident that is closed to their kind of staff: compartments of security model 3.b.1."""

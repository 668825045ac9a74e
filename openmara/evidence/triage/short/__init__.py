"""The short hand-over form: what came in is recorded without narrative, whatever stops interviewing."""

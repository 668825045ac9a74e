"""What kind of sources stand behind an incident, corrected with history, and which of them are of one origin."""

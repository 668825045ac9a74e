"""An account that speaks of two things: what concerns United Nations personnel leaves for its channel, the rest is a report of its own."""

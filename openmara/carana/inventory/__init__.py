"""Five pages of our own in the layouts of the UN inventory, about the fictional mission UNAC; each marked synthetic."""

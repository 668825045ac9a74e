"""The mission's assessment of its own arrangements: answers, process measures, and a plan of action, quarter by quarter."""

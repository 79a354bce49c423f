"""Floor 1: what every room speaks of: moments, places, names, words. Nothing here knows of a record or a rule."""

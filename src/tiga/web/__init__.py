"""Floor 9: the desks. `access` is the only door to objects; views ask it and the mechanism, templates only show."""

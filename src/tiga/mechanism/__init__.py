"""Floor 6: the mechanism. One concept, one file: its entry kinds, how an entry changes the standing, who may do what when."""

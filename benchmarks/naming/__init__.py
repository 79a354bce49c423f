"""Place names in two scripts: pairs of spellings of one place, and of two; recall at one false pair in a hundred."""

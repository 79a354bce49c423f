"""Floor 2: the text of an agreement as data. `clauses` is its shape, `ladder` its consequences, `reading` what it says
at an instant, `drafting` what is wrong with it or still open."""

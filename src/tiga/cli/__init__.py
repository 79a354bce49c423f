"""Floor 9: the command line. Each command imports what it needs when it runs, so that `tiga verify` needs no extras."""

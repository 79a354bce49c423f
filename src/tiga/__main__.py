"""`python -m tiga`."""

from tiga.cli.main import main

raise SystemExit(main())

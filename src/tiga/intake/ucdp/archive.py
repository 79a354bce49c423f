"""How much of an event file is read at once; `tiga.drafts.tables` says how.

Rules
1. A file that is handed in whole has narrow limits; one that is handed in by pieces is read row by row, with wide ones.

Not done here: what a column means.
"""

from __future__ import annotations

from tiga.drafts.tables import Limits

FILE_BYTES_LIMIT = 32 * 1024 * 1024
UNPACKED_BYTES_LIMIT = 64 * 1024 * 1024
ROWS_LIMIT = 50_000
COLUMNS_LIMIT = 120
WHOLE = Limits(FILE_BYTES_LIMIT, UNPACKED_BYTES_LIMIT, ROWS_LIMIT, COLUMNS_LIMIT, UNPACKED_BYTES_LIMIT)
"""Of a file in memory: also one endless line is told as too large a file."""
STREAM = Limits(512 * 1024 * 1024, 2 * 1024 * 1024 * 1024, 1_000_000, COLUMNS_LIMIT)
"""Of a file in pieces: the whole of GED has 400,000 rows in 300 MB."""

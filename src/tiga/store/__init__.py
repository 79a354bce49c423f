"""Floor 8: where the record is kept. `ledger` appends and reads, `vault` holds disclosed values and public documents,
`projections` turns entries into rows, `queries` is all that pages may ask, `desk` decides and enters in one step."""

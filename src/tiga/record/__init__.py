"""Floor 3: the record. What was signed, that it is in the log, and what a stranger can check of it without us.

`canonical` bytes, `notes` signatures, `entries` what is signed, `disclosures` what is not in it, `tree` and `proofs`
the Merkle tree, `checkpoints` its head, `book` the protocol by which acts are entered, `dossier` what leaves the house
and `container` its bytes, `verify` the steps of `docs/record.md`, `refusals` how all of them say no. Standard library
only; the signature check is handed in.
"""

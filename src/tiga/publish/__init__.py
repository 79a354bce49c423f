"""Floor 8: what leaves the house: pictures, situation reports, the agenda of gaps, the words inside a dossier.

Each module defines its own input; `cli` and `web` fill it with what a reader may see. Nothing here asks who may see
what, reads a clock, or opens a file: bytes and moments are handed in, bytes and texts are handed back.
"""

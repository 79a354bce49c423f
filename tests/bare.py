"""`tiga` as it runs where nothing is installed: with the standard library alone to be found."""

from __future__ import annotations

CODE = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1].split(","):
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Absent())
sys.path.insert(0, sys.argv[2])
from tiga.cli.main import main
sys.exit(main(sys.argv[3:]))
"""
"""`python -I -c CODE EXTRAS SRC WORDS…` runs `tiga WORDS…`."""
EXTRAS = "django,cryptography,yaml,openpyxl,defusedxml,anyascii,rapidfuzz,typst,fontTools,granian,whitenoise"

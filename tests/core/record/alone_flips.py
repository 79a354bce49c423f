"""`verify.py` on many changed copies of one dossier: run with `-I -S` in a folder that holds `verify.py` and nothing else.

It takes its modules out of that file, without its command line, and so has nothing else to take them from. Input: a JSON
object as `test_verify_html.Asked.job` makes it, with `copies`: of each, the places and bytes (base64) that differ. Output:
a JSON value a line: first what came from elsewhere (nothing should), then of each copy the code, empty where accepted.
"""

import base64
import functools
import importlib
import json
import runpy
import sys


def main() -> None:
    job = json.load(sys.stdin)
    held = runpy.run_path("verify.py", run_name="verify")
    sys.meta_path.insert(0, held["Carried"](held["SOURCES"], held["TEXTS"]))
    names = ("ed25519", "notes", "policy", "refusals", "verify")
    ed25519, notes, policy, refusals, verify = (importlib.import_module(f"tiga.record.{name}") for name in names)
    check = functools.cache(ed25519.verify)
    original, brought = base64.b64decode(job["data"]), base64.b64decode(job["policy"])
    log_key, own = (notes.NoteKey.parse(job[name]) if job[name] else None for name in ("logKey", "own"))

    def code(copy: list[list]) -> str:
        data = bytearray(original)
        for place, part in copy:
            changed = base64.b64decode(part)
            data[place : place + len(changed)] = changed
        try:
            read = policy.parse(brought) if brought else None
            verify.verify_dossier(bytes(data), check, log_key, job["exercise"], read, own)
        except refusals.Refused as error:
            return error.code
        return ""

    codes = [code(copy) for copy in job["copies"]]
    elsewhere = [
        name for name, module in sys.modules.items() if name.startswith("tiga") and hasattr(module, "__file__")
    ]
    print(json.dumps([*elsewhere, *(name for name in ("cryptography", "site", "nacl") if name in sys.modules)]))
    print("\n".join(json.dumps(one) for one in codes))


if __name__ == "__main__":
    main()

"""Run in a process of its own with TIGA_SETTINGS of a live site: people join, act with keys of their own, read the result.

Prints one JSON line: what each step came to. Nothing here holds a person's key but the folder of key files it is given.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import django


def main(folder: Path, keys: Path) -> dict[str, Any]:
    django.setup()
    from django.test import Client

    told: dict[str, Any] = {}

    def joined(name: str) -> Client:
        address = (folder / "invitations" / f"{name}.txt").read_text().strip().splitlines()[-1]
        client = Client(headers={"host": "localhost"})
        client.defaults["wsgi.url_scheme"] = "https"
        told[f"{name} joins"] = [
            client.post(address, {"password": "a", "again": "a"}, secure=True).status_code,
            client.post(
                address, {"password": "four wooden boats", "again": "four wooden boats"}, secure=True
            ).status_code,
            Client(headers={"host": "localhost"}).get(address, secure=True).status_code,
        ]
        return client

    def signed(page: str, key: str) -> str:
        """The text of a sign page, signed by the command on a machine of its own."""
        import html

        text = html.unescape(re.search(r"<pre[^>]*tabindex=\"0\"><code>(.*?)</code>", page, re.S)[1])  # type: ignore[index]
        path = keys / "act.text"
        path.write_text(text, encoding="utf-8")
        out = keys / "act.note"
        out.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "tiga", "sign", str(path), "--key", str(keys / key), "--yes", "--out", str(out)],
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        return out.read_text(encoding="utf-8")

    def drawn(page: str) -> str:
        return re.search(r'name="drawn" value="([^"]+)"', page)[1]  # type: ignore[index]

    liaison = joined("liaison-1")
    form = {
        "provision": "P-01", "act": "H1", "start": "2026-01-05T10:00", "zone": "PKT", "precision": "minute",
        "toponym": "An invented post", "language": "en", "account": "EXERCISE text. Nothing of this happened.",
    }  # fmt: skip
    first = liaison.post("/record/complaints/new/", form, secure=True)
    page = first.content.decode()
    note = signed(page, "l1.key")
    told["complaint asks for a signature"] = [first.status_code, "drawn" in page]
    forged = liaison.post(
        "/record/complaints/new/",
        {**form, "drawn": drawn(page), "signed_text": note.replace('"H1"', '"H2"')},
        secure=True,
    )
    told["a changed text is refused"] = forged.status_code
    other = liaison.post(
        "/record/complaints/new/",
        {**form, "account": "Another.", "drawn": drawn(page), "signed_text": note},
        secure=True,
    )
    told["another form than was signed is refused"] = other.status_code
    entered = liaison.post("/record/complaints/new/", {**form, "drawn": drawn(page), "signed_text": note}, secure=True)
    told["complaint entered"] = [entered.status_code, entered.headers.get("Location", "")[:14]]
    case = entered.headers["Location"].split("/")[3]
    from tiga.store import opening

    desk = opening.desk("record")
    acts = [(row.envelope.act, sorted(name.split("/", 2)[-1] for name in row.signers)) for row in desk.ledger.entries()]
    told["acts"] = acts
    told["state"] = desk.standing((f"case:{case}",)).cases[case].opened.complainant
    mediator = joined("mediator-1")
    told["mediator reads the case"] = mediator.get(f"/record/cases/{case}/", secure=True).status_code
    told["pages"] = {
        path: mediator.get(f"/record/{path}", secure=True).status_code
        for path in (
            "record/",
            "record/keys/",
            "record/witnesses/",
            "record/circulating/",
            "record/pouches/",
            "record/0/",
        )
    }
    return told


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))

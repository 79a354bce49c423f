"""A server for phones that is killed again and again: `phones.py FOLDER` lays a record, then forks a life for each line.

Rules
1. A line is JSON: `serve` (a port) answers phones until killed; `take` makes reports of what was kept, and enters them;
   `look` tells everything that is there. What happens is told as one line of JSON each.
2. A life opens the record anew. Every life but the last is killed by the test, at any instant.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import traceback
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

RECORD, ORIGIN = "press", "tiga.example/press"


def tell(**what: object) -> None:
    os.write(1, json.dumps(what).encode("ascii") + b"\n")


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


def prepare(folder: Path) -> None:
    """A founded record with one phone, whose token is told."""
    settings = folder / "tiga.toml"
    settings.write_text(f'[site]\ndemo = true\n[[record]]\nname = "{RECORD}"\nfolder = "record"\norigin = "{ORIGIN}"\n')
    os.environ["TIGA_SETTINGS"], os.environ["DJANGO_SETTINGS_MODULE"] = str(settings), "tiga.web.settings"
    import django

    django.setup()
    from django.db import connections

    from tests.store import kept
    from tiga.store import devices, opening, vault

    opening.prepare(RECORD)
    desk = kept.lay(RECORD)
    token, _ = devices.enrol(desk, f"{ORIGIN}/monitor/1", "phone", kept.LATER, desk.entropy)
    connections.close_all()
    opening.forget()
    vault._keys.cache_clear()
    tell(token=token)


def serve(port: int) -> None:
    from tiga.store import opening
    from tiga.web.wsgi import application

    opening.desk(RECORD)
    with make_server("127.0.0.1", port, application, server_class=Threads, handler_class=Quiet) as server:
        tell(ready=port)
        server.serve_forever()


def take() -> None:
    from tests.store import kept
    from tiga.store import opening, sealing, submissions, uptake
    from tiga.web.readers import wall

    desk = opening.desk(RECORD)
    tell(taking=True)
    while True:
        at = max(wall(), kept.LATER)
        uptake.TAKEN_MAX = 20
        uptake.take_up(desk, desk.now(at), at, desk.entropy)
        sealing.enter(desk, desk.now(at), everything=True)
        if not submissions.views(desk.alias, states=(submissions.KEPT,)):
            break
    tell(taken=True)


def look() -> None:
    from tests.store import kept
    from tiga.store import opening, submissions

    desk = opening.desk(RECORD)
    for view in submissions.views(desk.alias):
        files = [
            [file.name, hashlib.sha256(submissions.file_bytes(desk.alias, file)).hexdigest()] for file in view.files
        ]
        tell(there=view.envelope.instance, xml=hashlib.sha256(view.xml).hexdigest(), files=files, state=view.state)
    rows = kept.reports(desk)
    tell(reports=sorted(row.report.account for row in rows if not row.revised_by), entries=desk.ledger.audit())


def born(command: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        tell(life=os.getpid())
        {"serve": lambda: serve(command["port"]), "take": take, "look": look}[command["do"]]()
        os._exit(0)
    except BaseException as error:
        traceback.print_exception(error)
        os._exit(70)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]).resolve())
    for line in sys.stdin:
        _, status = os.waitpid(born(json.loads(line)), 0)
        tell(died=os.waitstatus_to_exitcode(status))

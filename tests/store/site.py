"""Serves the records of a settings file on a port, until killed: `python site.py SETTINGS PORT`, in its own process."""

from __future__ import annotations

import os
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    os.environ["TIGA_SETTINGS"], os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1], "tiga.web.settings"
    from tiga.web.wsgi import application

    with make_server("127.0.0.1", int(sys.argv[2]), application, handler_class=Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()

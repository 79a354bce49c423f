"""A bare Django view that keeps the same file and one row, durably: what ours is measured beside.

Rules
1. Django alone: no middleware, no session, no sign-in, no language. The multipart body is read as Django reads it.
2. The photograph is a file of its own, flushed with its folder; the row goes into SQLite with write-ahead log and full sync.
   Both are there when the view answers.
"""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

FOLDER = Path(os.environ["TIGA_BARE_FOLDER"])
settings.configure(
    SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[], USE_TZ=True,
    FILE_UPLOAD_MAX_MEMORY_SIZE=14 * 1024 * 1024,
    DATABASES={"default": {
        "ENGINE": "django.db.backends.sqlite3", "NAME": str(FOLDER / "bare.sqlite3"), "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE", "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;",
        },
    }},
)  # fmt: skip
django.setup()
with connection.cursor() as _cursor:
    _cursor.execute(
        "CREATE TABLE IF NOT EXISTS sent (name TEXT PRIMARY KEY, xml BLOB NOT NULL, length INTEGER NOT NULL)"
    )
connection.close()
_HANDLE = os.open(FOLDER, os.O_RDONLY)


def keep(request: HttpRequest) -> HttpResponse:
    xml, photo = request.FILES["xml_submission_file"].read(), request.FILES["1.jpg"]
    name = os.urandom(16).hex()
    with open(FOLDER / name, "wb") as file:
        file.write(photo.read())
        file.flush()
        os.fsync(file.fileno())
    os.fsync(_HANDLE)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO sent (name, xml, length) VALUES (%s, %s, %s)", [name, xml, photo.size])
    return HttpResponse(status=201, headers={"Content-Length": "0"})  # else the connection is not kept


urlpatterns = [path("submission", keep)]
application = get_wsgi_application()

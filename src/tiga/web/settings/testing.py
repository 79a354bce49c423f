"""Settings of the tests: two records in memory, demo sign-ins, no file on disk."""

from __future__ import annotations

from tiga.web.settings import *  # noqa: F403

DEMO = True
RECORDS = {
    "press": {"folder": "", "origin": "tiga.example/press"},
    "exercise": {"folder": "", "origin": "tiga.example/exercise"},
}


def _memory(name: str) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"file:{name}?mode=memory&cache=shared",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "uri": True},
    }


DATABASES = {name: _memory(name) for name in ("default", "press", "exercise")}
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = False

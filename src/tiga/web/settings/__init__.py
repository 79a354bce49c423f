"""Django settings from one TOML file (`TIGA_SETTINGS`) and `TIGA_*` variables; closed by default.

Rules
1. Without a settings file there is no record, no demo, no allowed host: nothing is served.
2. `demo = true` opens one-click sign-ins with published keys; it is refused unless every record's origin is a demo's
   (`tiga.example/…`).
3. Secrets are read from files named in the settings, never from the repository.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from tiga.values.words import LANGUAGES as KNOWN_LANGUAGES
from tiga.values.words import SPOKEN

PACKAGE = Path(__file__).resolve().parent.parent
DEMO_ORIGIN = "tiga.example/"
SECRET_LENGTH_MIN = 50
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
RESERVED = ("default", "sign-in", "sign-out", "language", "guide", "static", "verify", "join")
"""Names that no record may bear: the accounts' database, and addresses of the site itself."""


class BadSettings(Exception):
    """The settings file cannot be used; the message says what to change."""


def _file() -> dict[str, Any]:
    path = os.environ.get("TIGA_SETTINGS", "")
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"TIGA_SETTINGS names {path}, which cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path}: {error}") from error


_TOML = _file()
_SITE: dict[str, Any] = _TOML.get("site", {})
_HOME = Path(os.environ["TIGA_SETTINGS"]).resolve().parent if os.environ.get("TIGA_SETTINGS") else Path.cwd()


def _path(text: str) -> Path:
    return (_HOME / text).resolve()


DEMO: bool = bool(_SITE.get("demo", False))
RECORDS: dict[str, dict[str, str]] = {
    row["name"]: {
        "folder": str(_path(row["folder"])),
        "origin": row["origin"],
        **({"guard": str(_path(row["guard"]))} if row.get("guard") else {}),
    }
    for row in _TOML.get("record", [])
}
if taken := [name for name in RECORDS if name in RESERVED or not NAME.match(name)]:
    raise BadSettings(
        f"a record cannot be called {taken[0]!r}: use a to z, then also digits and _, at most 40, "
        "and none of the site's own words"
    )
if DEMO and any(not row["origin"].startswith(DEMO_ORIGIN) for row in RECORDS.values()):
    raise BadSettings("demo = true goes with demo records only: set demo = false, or use a record made by `tiga demo`")
if not DEMO and any(row["origin"].startswith(DEMO_ORIGIN) for row in RECORDS.values()):
    raise BadSettings("a demo record's keys are published: a live site refuses it")


def _secret() -> str:
    name = os.environ.get("TIGA_SECRET_KEY_FILE", _SITE.get("secret_key_file", ""))
    if name:
        try:
            secret = _path(name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSettings(f"site.secret_key_file names {name}, which cannot be read: {error.strerror}") from error
        if len(secret) < SECRET_LENGTH_MIN:
            raise BadSettings(f"{name} holds fewer than {SECRET_LENGTH_MIN} characters: fill it with random ones")
        return secret
    if RECORDS and not DEMO:
        raise BadSettings("site.secret_key_file is missing: name a file with at least 50 random characters")
    return "not-a-secret: no record is served with it, or a demo whose keys are published"


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS: list[str] = list(_SITE.get("allowed_hosts", ["127.0.0.1", "localhost", "[::1]"] if DEMO else []))
ROOT_URLCONF = "tiga.web.urls"
WSGI_APPLICATION = "tiga.web.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "tiga.store",
    "tiga.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tiga.web.middleware.policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tiga.web.middleware.language",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tiga.web.middleware.page",
            ],
            "builtins": ["tiga.web.templatetags.tiga"],
        },
    }
]


def _sqlite(path: Path) -> dict[str, Any]:
    """WAL and full fsync: durable before acknowledged (record.md section 7). What is deleted is overwritten.

    A thread keeps its connection: the last one that is closed writes the whole log back, and each request would pay for it.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; "
                "PRAGMA wal_autocheckpoint=4000;"
            ),
        },
    }


ACCOUNTS = _path(_SITE.get("accounts", "accounts.sqlite3"))
DATABASES: dict[str, dict[str, Any]] = {"default": _sqlite(ACCOUNTS)}
for _name, _record in RECORDS.items():
    DATABASES[_name] = _sqlite(Path(_record["folder"]) / "record.sqlite3")
DATABASE_ROUTERS = ["tiga.store.routing.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [(tag, KNOWN_LANGUAGES[tag].own_name) for tag in SPOKEN]
LANGUAGES_BIDI = [tag for tag, language in KNOWN_LANGUAGES.items() if language.direction == "rtl"]
LOCALE_PATHS: list[str] = []

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = bool(_SITE.get("https", not DEMO)) and not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SITE.get("behind_proxy") else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 14 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 14 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"err": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["err"], "level": "ERROR", "propagate": False}},
}

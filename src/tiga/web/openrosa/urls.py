"""Addresses of phones, below `<record>/openrosa/`; each a second time with a token in the path."""

from django.urls import re_path

from tiga.web.openrosa import phones

TOKEN = r"d/(?P<token>[A-Za-z0-9_-]{43})/"
FORM = r"(?P<form>[A-Za-z0-9_.-]{1,100})"
_VIEWS = (
    ("openrosa-list", "formList", phones.form_list),
    ("openrosa-manifest", f"manifest/{FORM}", phones.manifest),
    ("openrosa-form", rf"forms/{FORM}\.xml", phones.form_xml),
    ("openrosa-submission", "submission", phones.submission),
)

urlpatterns = [
    *(re_path(f"^{rest}$", view, name=name) for name, rest, view in _VIEWS),
    *(re_path(f"^{TOKEN}{rest}$", view, name=f"{name}-d") for name, rest, view in _VIEWS),
]

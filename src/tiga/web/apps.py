"""The Django application of the desks."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tiga.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

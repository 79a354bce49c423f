"""The Django application of the store."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "tiga.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

"""Accounts: which person acts on which record, in which role, for which component, with which key. Not on the record."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Membership(models.Model):
    """A person's place on one record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    record = models.CharField(max_length=40)
    role = models.CharField(max_length=20)
    component = models.CharField(max_length=40, blank=True, default="")
    key = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "record"], name="one_place_a_record")]

"""No second index: notes that differ have different statements, so `sid` keeps leaves apart as well."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_witnesses_and_vault")]

    operations = [migrations.AlterField("entry", "leaf", models.BinaryField(max_length=32))]

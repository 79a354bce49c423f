"""Rows of datasets' releases, saved column maps, sheets that were tried and wait for a word."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0004_phones")]

    operations = [
        migrations.CreateModel(
            name="Listed",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("sender", models.CharField(max_length=120)),
                ("source", models.CharField(max_length=40)),
                ("report_id", models.CharField(max_length=80)),
                ("country", models.CharField(max_length=120)),
                ("first_ms", models.BigIntegerField()),
                ("last_ms", models.BigIntegerField()),
                ("changed", models.BigIntegerField()),
                ("withdrawn", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "listed",
                "indexes": [models.Index(fields=["source", "sender", "country", "first_ms"], name="listed_window")],
            },
        ),
        migrations.CreateModel(
            name="SavedMap",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("tree", models.JSONField()),
                ("sender", models.CharField(max_length=120)),
                ("at_ms", models.BigIntegerField()),
            ],
            options={"db_table": "saved_map"},
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[
                ("token", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("sender", models.CharField(max_length=120)),
                ("map", models.CharField(max_length=60)),
                ("at_ms", models.BigIntegerField()),
                ("data", models.BinaryField()),
            ],
            options={"db_table": "pending"},
        ),
    ]

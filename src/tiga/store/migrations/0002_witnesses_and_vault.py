"""Cosignatures, waiting filings, circulating texts; values and files become encrypted where they lie."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def encrypt(apps: Any, editor: Any) -> None:
    """Put every value and file that is there under a key of its own."""
    from tiga.store import vault

    alias = editor.connection.alias
    disclosed, blobs = apps.get_model("store", "Disclosed"), apps.get_model("store", "Blob")
    for row in disclosed.objects.using(alias).all():
        row.data = vault.conceal(alias, row.digest, row.encoded.encode("ascii"))
        row.save(update_fields=["data"])
    for row in blobs.objects.using(alias).all():
        row.data = vault.conceal(alias, row.sha256, bytes(row.data))
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Cosig",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "size", "name", "kid", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("kid", models.CharField(max_length=8)),
                ("component", models.CharField(max_length=40)),
                ("seconds", models.BigIntegerField()),
                ("line", models.TextField()),
            ],
            options={"db_table": "cosig"},
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("number", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("due_ms", models.BigIntegerField()),
                ("data", models.BinaryField()),
            ],
            options={"db_table": "waiting"},
        ),
        migrations.CreateModel(
            name="Circular",
            fields=[
                ("sid", models.CharField(max_length=43, primary_key=True, serialize=False)),
                ("at_ms", models.BigIntegerField()),
                ("by", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("note", models.BinaryField()),
                ("entered", models.BigIntegerField(null=True)),
            ],
            options={"db_table": "circular"},
        ),
        migrations.CreateModel(
            name="PouchRow",
            fields=[
                ("sid", models.CharField(max_length=43, primary_key=True, serialize=False)),
                ("idx", models.BigIntegerField(unique=True)),
                ("at_ms", models.BigIntegerField()),
                ("by", models.CharField(max_length=200)),
                ("party", models.CharField(max_length=40)),
                ("to", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("length", models.BigIntegerField()),
            ],
            options={"db_table": "pouch_row", "managed": False},
        ),
        migrations.CreateModel(
            name="ReleaseRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "digest", "level", "party", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.CharField(db_index=True, max_length=43)),
                ("level", models.CharField(max_length=2)),
                ("party", models.CharField(max_length=40)),
            ],
            options={"db_table": "release_row", "managed": False},
        ),
        migrations.AddField("disclosed", "data", models.BinaryField(default=b""), preserve_default=False),
        migrations.RunPython(encrypt, migrations.RunPython.noop),
        migrations.RemoveField("disclosed", "encoded"),
    ]

"""Phones and what they send: tokens, submissions with their versions and files."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_one_index_of_entries"),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                ("number", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("token", models.CharField(max_length=64, unique=True)),
                ("key", models.CharField(max_length=200)),
                ("at_ms", models.BigIntegerField()),
                ("revoked_ms", models.BigIntegerField(null=True)),
                ("label", models.BinaryField()),
            ],
            options={
                "db_table": "device",
            },
        ),
        migrations.CreateModel(
            name="Sent",
            fields=[
                ("number", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("instance", models.CharField(db_index=True, max_length=64)),
                ("base", models.CharField(db_index=True, max_length=64)),
                ("root", models.CharField(db_index=True, max_length=64)),
                ("reason", models.CharField(max_length=10)),
                ("state", models.CharField(db_index=True, max_length=10)),
                ("data", models.BinaryField()),
                ("told", models.BinaryField()),
            ],
            options={
                "db_table": "sent",
            },
        ),
        migrations.CreateModel(
            name="SentFile",
            fields=[
                ("number", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("instance", models.CharField(db_index=True, max_length=64)),
                ("name", models.CharField(max_length=64)),
                ("n", models.IntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("data", models.BinaryField()),
            ],
            options={
                "db_table": "sent_file",
                "constraints": [models.UniqueConstraint(fields=("instance", "name", "n"), name="one_file_a_version")],
            },
        ),
    ]

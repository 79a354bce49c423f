"""Files that arrive in pieces over bad lines: what is here of them, for a day."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0005_releases_and_maps")]

    operations = [
        migrations.CreateModel(
            name="Arriving",
            fields=[
                ("number", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("sender", models.CharField(db_index=True, max_length=200)),
                ("name", models.CharField(max_length=200)),
                ("length", models.BigIntegerField()),
                ("received", models.BigIntegerField()),
                ("at_ms", models.BigIntegerField(db_index=True)),
            ],
            options={"db_table": "arriving"},
        ),
        migrations.CreateModel(
            name="Piece",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "number", "start", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=32)),
                ("start", models.BigIntegerField()),
                ("data", models.BinaryField()),
            ],
            options={"db_table": "piece"},
        ),
        migrations.CreateModel(
            name="FingerprintRow",
            fields=[
                ("sid", models.CharField(max_length=43, primary_key=True, serialize=False)),
                ("idx", models.BigIntegerField(db_index=True)),
                ("at_ms", models.BigIntegerField()),
                ("case", models.CharField(max_length=43)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("whole", models.CharField(max_length=16)),
                ("parts", models.TextField()),
                ("width", models.IntegerField()),
                ("height", models.IntegerField()),
            ],
            options={"db_table": "fingerprint_row", "managed": False},
        ),
    ]

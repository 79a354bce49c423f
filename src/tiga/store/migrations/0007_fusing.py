"""The projector's marks of groupings; reasons are no longer kept, backgrounds are."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0006_uploads")]

    operations = [
        migrations.AddField("projector", "fused", models.JSONField(default=list)),
        migrations.AddField("incidentrow", "claims", models.JSONField(default=list)),
        migrations.AddField("incidentrow", "gazetteer", models.CharField(max_length=64, default="")),
        migrations.DeleteModel(name="MatchRow"),
        migrations.CreateModel(
            name="BackgroundRow",
            fields=[
                ("sid", models.CharField(max_length=43, primary_key=True, serialize=False)),
                ("idx", models.BigIntegerField(db_index=True)),
                ("at_ms", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
                ("reports", models.BigIntegerField()),
                ("version", models.CharField(max_length=40)),
                ("weights", models.CharField(max_length=64)),
                ("gazetteer", models.CharField(max_length=64)),
                ("parties", models.CharField(max_length=64)),
                ("public", models.CharField(max_length=64)),
            ],
            options={"db_table": "background_row", "managed": False},
        ),
    ]

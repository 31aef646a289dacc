"""Copies taken out and brought in; the log says when one left or was printed."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0004_circle"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accessevent",
            name="verb",
            field=models.CharField(
                choices=[
                    ("read", "Read"),
                    ("opened", "Opened"),
                    ("wrote", "Wrote"),
                    ("widened", "Widened"),
                    ("narrowed", "Narrowed"),
                    ("stopped", "Stopped"),
                    ("started", "Started"),
                    ("took_out", "Took Out"),
                    ("printed", "Printed"),
                    ("briefed", "Briefed"),
                    ("confirmed", "Confirmed"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("sealed", models.BinaryField()),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("ready", "Ready"), ("failed", "Failed")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("parts", models.PositiveSmallIntegerField(default=0)),
                (
                    "journal",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journal.journal"),
                ),
                (
                    "requested_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("sealed", models.BinaryField()),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                (
                    "journal",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journal.journal"),
                ),
                (
                    "requested_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]

"""Whoever left a journal can take out what they wrote for thirty days; then what only they could read is erased."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0011_reader_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerMember",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("left_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "journal",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journal.journal"),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("journal", "user"), name="one_leaving_per_person")],
            },
        ),
    ]

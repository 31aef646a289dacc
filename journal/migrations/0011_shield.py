"""What somebody who is written about asks of the site; and signing out everywhere."""

import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0010_cover"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "New"), ("seen", "Seen"), ("answered", "Answered")], default="new", max_length=8
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name="user",
            name="warned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="session_salt",
            field=models.CharField(blank=True, max_length=32),
        ),
    ]

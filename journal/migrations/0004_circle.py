"""People to lean on, house agreements and the family's own page."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0003_visits"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("sealed", models.BinaryField()),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("submission", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "follows",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="followed_by", to="journal.agreement"
                    ),
                ),
                (
                    "journal",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journal.journal"),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("journal", "submission"), name="one_agreement_per_submission")],
            },
        ),
        migrations.CreateModel(
            name="FamilyPage",
            fields=[
                ("sealed", models.BinaryField()),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("submission", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "journal",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journal.journal"),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("journal",), name="one_page_per_journal")],
            },
        ),
        migrations.CreateModel(
            name="SupportPerson",
            fields=[
                ("sealed", models.BinaryField()),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("submission", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "journal",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journal.journal"),
                ),
            ],
            options={
                "verbose_name_plural": "support people",
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("journal", "submission"), name="one_person_per_submission")],
            },
        ),
    ]

"""Who answers what people who are written about ask, with a line for each opening; and the consent an account stands on."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Exists, OuterRef, Subquery


def stand(apps: Any, schema_editor: Any) -> None:
    """Note with each account which words it agreed to last, or since when it has taken that back."""
    consent, user = apps.get_model("journal", "Consent"), apps.get_model("journal", "User")
    given_by = consent.objects.filter(user=OuterRef("pk"), what="journal")
    standing = given_by.filter(withdrawn_at=None).order_by("-given_at", "-pk")
    user.objects.filter(Exists(standing)).update(consent_version=Subquery(standing.values("text_version")[:1]))
    ended = given_by.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at", "-pk")
    taken_back = user.objects.filter(Exists(ended)).exclude(Exists(standing))
    taken_back.update(consent_ended_at=Subquery(ended.values("withdrawn_at")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0015_left_before"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="consent_ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="consent_version",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.RunPython(stand, migrations.RunPython.noop),
        migrations.AddField(
            model_name="personrequest",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("done", "What they asked for is done"),
                    ("partly", "Part of it is done; the answer says which, and why not the rest"),
                    ("not_done", "It is not done; the answer says why, and where they can complain"),
                    ("later", "It takes longer; the answer says why. Two more months"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="personrequest",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AlterField(
            model_name="personrequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("new", "Nobody has read it"),
                    ("seen", "Read, not answered"),
                    ("later", "They know that it takes longer"),
                    ("answered", "Answered"),
                ],
                default="new",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="RequestEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(choices=[("opened", "opened it"), ("answered", "answered it")], max_length=8)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="journal.personrequest"
                    ),
                ),
                (
                    "who",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="PrivacyContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("named_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="privacy_contacts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("user",), name="one_open_task_per_contact"
                    )
                ],
            },
        ),
    ]

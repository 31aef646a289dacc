"""The desk: what families write back, replies changed within ten minutes, and the parts of a journal opened to a counsellor."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

VERBS = [
    ("read", "Read"),
    ("opened", "Opened"),
    ("wrote", "Wrote"),
    ("widened", "Widened"),
    ("narrowed", "Narrowed"),
    ("stopped", "Stopped"),
    ("started", "Started"),
    ("continued", "Continued"),
    ("took_out", "Took Out"),
    ("printed", "Printed"),
    ("briefed", "Briefed"),
    ("confirmed", "Confirmed"),
    ("edited", "Edited"),
    ("read_page", "Read Page"),
    ("read_rules", "Read Rules"),
    ("invited", "Invited"),
    ("joined", "Joined"),
    ("left", "Left"),
    ("removed", "Removed"),
    ("keeps", "Keeps"),
    ("covered", "Covered"),
    ("took_over", "Took Over"),
    ("refused", "Refused"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0008_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SharedPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("page", "Our page"),
                            ("agreements", "House agreements"),
                            ("count", "How many entries stay closed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("shared_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "granted_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "journal",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journal.journal"),
                ),
                (
                    "share",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="journal.share"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("share", "part", "granted_by"), name="a_part_is_opened_once_by_a_parent")
                ],
            },
        ),
        migrations.AddField("reply", "from_family", models.BooleanField(default=False)),
        migrations.AddField("reply", "version", models.PositiveIntegerField(default=1)),
        migrations.AddField("reply", "changed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("reply", "reviewed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            "reply",
            models.Index(
                condition=models.Q(("from_family", True), ("reviewed_at", None)),
                fields=["share", "created_at"],
                name="reply_waiting",
            ),
        ),
        migrations.AlterField("accessevent", "verb", models.CharField(choices=VERBS, max_length=10)),
    ]

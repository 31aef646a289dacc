import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0007_shares"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="notice_hour",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
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
                    ("edited", "Edited"),
                    ("invited", "Invited"),
                    ("joined", "Joined"),
                    ("left", "Left"),
                    ("removed", "Removed"),
                    ("keeps", "Keeps"),
                    ("covered", "Covered"),
                    ("took_over", "Took Over"),
                    ("refused", "Refused"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("visit", "Visit")], max_length=10)),
                (
                    "journal",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journal.journal"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "journal", "kind"), name="one_notice_of_a_kind")],
            },
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("news", "News"), ("ending", "Ending")], default="news", max_length=10)),
                ("day", models.DateField()),
                ("due_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name_plural": "outbox",
                "indexes": [
                    models.Index(condition=models.Q(("sent_at", None)), fields=["due_at"], name="outbox_due"),
                    models.Index(fields=["user", "sent_at"], name="outbox_told"),
                ],
                "constraints": [models.UniqueConstraint(fields=("user", "kind", "day"), name="told_once_a_day")],
            },
        ),
    ]

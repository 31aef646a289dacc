"""Whoever left a journal before that was remembered gets the same thirty days from now on: what only they can read ends too."""

from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef


def remember(apps: Any, schema_editor: Any) -> None:
    """A row for each author who does not write in the journal any more."""
    entry, membership, former = (apps.get_model("journal", name) for name in ("Entry", "Membership", "FormerMember"))
    here = {"journal": OuterRef("journal"), "user": OuterRef("author")}
    gone = entry.objects.exclude(Exists(membership.objects.filter(**here))).exclude(Exists(former.objects.filter(**here)))
    # A journal in which nobody writes is being erased.
    gone = gone.filter(Exists(membership.objects.filter(journal=OuterRef("journal"))))
    for journal, author in gone.order_by().values_list("journal", "author").distinct():
        former.objects.create(journal_id=journal, user_id=author)


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0014_requests_and_recoveries"),
    ]

    operations = [
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]

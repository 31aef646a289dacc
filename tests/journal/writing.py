"""Writing an entry as the first page of the journal sends it."""

import uuid

from django.urls import reverse

from journal.models import Entry


def write(client, world, kind="greet", **more):
    """Press one of the buttons, with whatever else the form holds."""
    data = {"journal": world.journal.pk, "submission": uuid.uuid4(), "kind": kind, **more}
    return client.post(reverse("journal:entry_add"), data)


def newest(world, name="owner"):
    """The entry this parent sees as the one written last."""
    return Entry.objects.of_family(world.roles[name], world.journal).order_by("-created_at").first()

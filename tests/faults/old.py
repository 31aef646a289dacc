"""Rows as an earlier version wrote them, made with the models of that time."""

import uuid
from datetime import UTC, date, datetime

from journal.vault import vault

IDS = {name: uuid.uuid4() for name in ("journal", "membership", "entry")}
THEN = datetime(2026, 5, 3, 21, 0, tzinfo=UTC)


def fill(apps, key, sealed):
    """A parent, a journal with its keys, and an entry the family can read."""

    def model(name):
        return apps.get_model("journal", name).objects

    user = model("User").create(email="old@example.test", password="!", country="jp", time_zone="Asia/Tokyo", date_joined=THEN)
    journal = model("Journal").create(id=IDS["journal"], tree=3, sealed=sealed["journal"], created_at=THEN)
    for purpose, secret in (("text", key.secret), ("log", vault().new_key())):
        master, wrapped = vault().wrap(secret, IDS["journal"], purpose, 1)
        model("JournalKey").create(journal=journal, purpose=purpose, version=1, master=master, wrapped=wrapped)
    own = {"id": IDS["membership"], "journal": journal, "user": user, "role": "owner", "joined_at": THEN, "used_at": THEN}
    model("Membership").create(**own, sealed=sealed["membership"])
    model("Consent").create(user=user, what="journal", text_version="2026-11", given_at=THEN)
    model("Entry").create(
        id=IDS["entry"],
        journal=journal,
        author=user,
        happened_at=THEN,
        day=date(2026, 5, 3),
        zone="Asia/Tokyo",
        audience="family",
        submission=uuid.uuid4(),
        created_at=THEN,
        sealed=sealed["entry"],
    )

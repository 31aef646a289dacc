"""Run in a process of its own: data in a database as an earlier version left it, then this version."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from journal.models import AccessEvent, Entry, EntryContent, Journal, JournalSettings, Membership, MembershipNotes, User  # noqa: E402
from journal.models.keys import check_keys  # noqa: E402
from journal.vault import DataKey, vault  # noqa: E402
from tests.faults.old import IDS, fill  # noqa: E402


def main(target):
    """Fill the old state, migrate, and open everything."""
    call_command("migrate", "journal", target, verbosity=0)
    state = MigrationExecutor(connection).loader.project_state(("journal", target))
    key = DataKey(journal=IDS["journal"], version=1, secret=vault().new_key())
    sealed = {
        "journal": key.seal("journal", IDS["journal"], JournalSettings(relation="my son").dump()),
        "membership": key.seal("membership", IDS["membership"], MembershipNotes().dump()),
        "entry": key.seal("entry", IDS["entry"], EntryContent(kind="greet", words="an old line").dump()),
    }
    fill(state.apps, key, sealed)
    call_command("migrate", verbosity=0)
    check_keys()
    parent = User.objects.get(email="old@example.test")
    membership = Membership.objects.of_user(parent).get()
    assert not membership.unreadable
    if "consent_version" not in {field.name for field in state.apps.get_model("journal", "User")._meta.fields}:
        # Agreed to the words of that time: asked again before more is kept.
        assert parent.consent_version == "2026-11"
        assert not parent.may_write
    assert Journal.objects.of_member(parent).get().document.relation == "my son"
    entry = next(iter(Entry.objects.of_family(parent, membership.journal).opened()))
    assert entry.document.words == "an old line"
    AccessEvent.objects.record(journal=membership.journal_id, who=parent, role="parent", verb="wrote")
    assert not AccessEvent.objects.faults(membership.journal_id)


if __name__ == "__main__":
    main(sys.argv[1])

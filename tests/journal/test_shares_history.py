"""Two parents and two counsellors in any order: every route keeps the one rule."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal.models import Entry, Reply, Share
from tests import factories
from tests.conftest import sign_in
from tests.tools.examples import tried

ACT = st.tuples(
    st.sampled_from(
        ["choose", "keep", "bin", "back", "set", "write", "stop", "start", "expire", "go on", "reach", "leave", "later"]
    ),
    st.sampled_from(["owner", "member"]),
    st.sampled_from([0, 1]),
    st.sampled_from(["new", "chosen", "nothing"]),
    st.sampled_from(["family", "author", None]),
)


@tried(20)
@given(acts=st.lists(ACT, max_size=14))
def test_after_any_history_of_two_parents_and_two_counsellors_each_route_keeps_the_one_rule(client, world, acts):
    roles = [world.shares[name].counsellor for name in ("counsellor", "chosen")]
    model = Model(world, roles)
    with transaction.atomic():
        for act in acts:
            model.do(*act)
        for role in roles:
            role.refresh_from_db()
            visible = set(Entry.objects.visible_to(role.user).filter(journal=world.journal).values_list("pk", flat=True))
            assert visible == model.readable(role)
            _routes_show(client, world, role, visible)
        transaction.set_rollback(True)


def _routes_show(client, world, role, visible):
    """By page, by an answer about one entry, and by the queue: never an entry that this counsellor may not read."""
    sign_in(client, role.user)
    share = Share.objects.of_counsellor(role.user).filter(journal=world.journal).first()
    everything = set(Entry.objects.filter(journal=world.journal).values_list("pk", flat=True))
    if share is None:
        stopped = Share.objects.filter(journal=world.journal, counsellor=role).first()
        assert client.get(reverse("journal:desk_family", args=[stopped.pk])).status_code == 404
        return
    page = client.get(reverse("journal:desk_family", args=[share.pk])).content.decode()
    assert {pk for pk in everything if str(pk) in page} == visible
    for pk in sorted(everything - visible)[:2]:
        client.post(reverse("journal:reply_add", args=[share.pk]), {"submission": pk, "entry": pk, "text": "Hello"})
        assert not Reply.objects.filter(entry=pk).exists()


class Model:
    """The rule once more, in plain sets, beside the site: who opened what, for whom, until when."""

    def __init__(self, world, roles):
        self.world, self.roles = world, roles
        self.open = {(roles[0].pk, world.entry.pk)}
        self.left = set()

    def share(self, role):
        return Share.objects.filter(journal=self.world.journal, counsellor=role, revoked_at=None).first()

    def holds(self, role):
        share = self.share(role)
        return share is not None and share.ends_at > timezone.now() and role.pk not in self.left

    def readable(self, role):
        if not self.holds(role):
            return set()
        entries = Entry.objects.filter(journal=self.world.journal, deleted_at=None, audience="family")
        return {entry.pk for entry in entries if (role.pk, entry.pk) in self.open}

    def close(self, role, entries=None):
        keys = None if entries is None else {entry.pk for entry in entries}
        self.open = {(r, e) for r, e in self.open if r != role.pk or (keys is not None and e not in keys)}

    def entry(self, parent):
        return Entry.objects.filter(journal=self.world.journal, author=self.world.roles[parent]).order_by("created_at").first()

    def do(self, act, parent, number, default, audience):
        user, role = self.world.roles[parent], self.roles[number]
        share, holds = self.share(role), self.holds(role)
        mine = list(Entry.objects.filter(journal=self.world.journal, author=user))
        entry = self.entry(parent)
        chooses = holds and share.choice_of(user) != "nothing"
        match act:
            case "choose" if chooses:
                entry.let_read("family", [share])
                self.open = {(r, e) for r, e in self.open if e != entry.pk} | {(role.pk, entry.pk)}
            case "keep":
                entry.let_read("author")
                self.open = {(r, e) for r, e in self.open if e != entry.pk}
            case "bin":
                entry.put_in_bin()
            case "back":
                entry.put_back()
            case "set" if holds:
                share.choose(user, default)
                if default == "nothing":
                    self.close(role, None if share.granted_by == user else mine)
            case "write":
                taking = [r for r in self.roles if self.holds(r) and self.share(r).choice_of(user) == "new"]
                made = factories.make_entry(self.world.journal, user, audience=audience)
                if audience != "author":
                    self.open |= {(r.pk, made.pk) for r in taking}
            case "stop" if share:
                share.revoke()
                self.close(role)
            case "start" if role.pk not in self.left:
                Share.start(journal=self.world.journal, counsellor=role, granted_by=user, default=default)
                if not holds or (default == "nothing" and share.granted_by == user):
                    self.close(role)
                elif default == "nothing":
                    self.close(role, mine)
            case "expire" if share:
                Share.objects.filter(pk=share.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
            case "go on" if holds:
                share.go_on()
            case "later" if share:
                share.ask_later(user, timezone.localdate())
            case "reach" if share:
                share.reach_back(user, timezone.localdate() - timedelta(days=9), private=True)
                if chooses:
                    self.open |= {(role.pk, e.pk) for e in mine if e.audience == "family" and e.deleted_at is None}
            case "leave" if default == "nothing":
                role.deactivate()
                self.left.add(role.pk)

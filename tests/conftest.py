"""The whole cast, signed in as needed, and rails that hold for every test."""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
    user_id_to_str,
)
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction
from django.http import SimpleCookie
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from config.sessions import SessionStore
from guidance import helplines
from journal.copies import files
from journal.models import (
    CentreRole,
    Entry,
    Export,
    FormerMember,
    Handover,
    Import,
    Journal,
    Membership,
    PersonRequest,
    Share,
    User,
    VisitPlan,
    leave,
    offer,
)
from tests import factories
from tests.kept import again
from tests.tools import examples as _examples  # noqa: F401  (how often a rule is tried has to be known first)
from tests.tools.interpreter import pytest_collection_finish, pytest_runtest_protocol
from tests.tools.tables import without_triggers

# Markers no page may show to whom they do not belong. ASCII and Japanese, so that no encoding hides one.
SECRET = "ZEBRA-1 しまうま"
PRIVATE = "KOALA-2 こあら"
MEMBER_PRIVATE = "OTTER-3 かわうそ"
OTHER_FAMILY = "HERON-4 さぎ"
ASKED = "What do you keep about me? WREN-5 みそさざい"

ROLES = [
    "anonymous", "stranger", "owner", "member", "counsellor", "chosen", "expired", "revoked", "unapproved", "deactivated",
    "other", "manager", "removed", "pending", "covering", "handed_over", "departed",
    "contact",
]  # fmt: skip


@dataclass
class World:
    """One family with two parents, everyone who may or may not read it, and another family beside it."""

    roles: dict[str, User | None] = field(default_factory=dict)
    journal: Journal = None  # type: ignore[assignment]
    entry: Entry = None  # type: ignore[assignment]
    private: Entry = None  # type: ignore[assignment]
    member_private: Entry = None  # type: ignore[assignment]
    binned: Entry = None  # type: ignore[assignment]
    other_entry: Entry = None  # type: ignore[assignment]
    share: Share = None  # type: ignore[assignment]
    shares: dict[str, Share] = field(default_factory=dict)
    # Ids of the rows that belong to the journal as a whole, and of the owner's files.
    rows: dict[str, Any] = field(default_factory=dict)
    visit: VisitPlan = None  # type: ignore[assignment]
    visit_token: str = ""
    request_token: str = ""

    def url_arguments(self, names: tuple[str, ...], url_name: str = "") -> dict[str, Any]:
        """Values for an address's arguments: the family's own ids."""
        entry = self.binned if url_name in {"journal:entry_restore", "journal:entry_erase"} else self.entry
        values = {
            "entry_id": entry.pk,
            "share_id": self.share.pk,
            "number": 3,
            "slug": "terms" if url_name == "guidance:page_detail" else "company",
            "evening": "silent",
            "country": "jp",
            "page": "hurt",
            "token": {"journal:visit_public": self.visit_token, "journal:person_answer": self.request_token}.get(
                url_name, "a-token"
            ),
            "visit_id": self.visit.pk,
            "pk": 1,
            "topic": "house",
            "task": "sheet",
            "person_id": self.rows["person"],
            "agreement_id": self.rows["agreement"],
            "part": "page",
            "row_id": self.rows["binned"],
            "export_id": self.rows["export"],
            "import_id": self.rows["import"],
            **{f"{name}_id": self.rows.get(name) for name in ("role", "absence", "cover", "handover")},
            "invitation_id": self.rows["invitation"],
            "former_id": self.rows["former"],
            "request_id": self.rows["request"],
            "member_id": self.rows["member"],
            "reply_id": self.reply_id() if "reply_id" in names else None,
        }
        return {name: values[name] for name in names}

    def reply_id(self) -> Any:
        """A reply of the family's counsellor, made once."""
        if "reply" not in self.rows:
            self.rows["reply"] = factories.make_reply(self.share, entry=self.entry).pk
        return self.rows["reply"]


def make_world() -> World:
    """Make the cast. Everyone has an account; what differs is what they are to the family."""
    cast = World()
    people = {name: factories.make_user(name) for name in ROLES if name != "anonymous"}
    cast.roles = {"anonymous": None, **people}
    cast.journal = factories.make_journal(people["owner"], people["member"])
    cast.entry = factories.make_entry(cast.journal, people["owner"], SECRET, audience="family")
    cast.private = factories.make_entry(cast.journal, people["owner"], PRIVATE)
    cast.member_private = factories.make_entry(cast.journal, people["member"], MEMBER_PRIVATE)
    cast.binned = factories.make_entry(cast.journal, people["owner"], PRIVATE)
    cast.binned.put_in_bin()

    cast.rows = _rows(cast.journal, people["owner"]) | _comings(cast.journal, people)

    centre = factories.make_centre()
    counsellors = [
        "counsellor", "chosen", "expired", "revoked", "unapproved", "deactivated", "other", "covering", "handed_over", "departed",
    ]  # fmt: skip
    roles = {name: factories.make_role(centre, people[name], name=name) for name in counsellors}
    factories.make_role(centre, people["manager"], "manager")
    now = timezone.now()
    dates: dict[str, dict[str, Any]] = {"expired": {"starts_at": now - timedelta(days=9), "ends_at": now - timedelta(days=1)}}
    for name in counsellors:
        if name not in {"other", "covering", "handed_over", "departed"}:
            share = cast.shares[name] = factories.make_share(cast.journal, roles[name], **dates.get(name, {}))
            if name != "chosen":
                factories.choose(cast.entry, share)
    cast.shares["revoked"].revoke()
    roles["unapproved"].approved_at = roles["unapproved"].second_approved_at = None
    roles["unapproved"].save()
    roles["deactivated"].deactivate()
    cast.share = cast.shares["counsellor"]
    # The sheet was given to the counsellor; it is not shown to whoever opens the link.
    cast.visit = factories.make_visit(cast.journal, share=str(cast.share.pk), sheet=SECRET, told=True)
    cast.visit.give_sheet(cast.visit.version)
    cast.visit_token = cast.visit.make_link(cast.visit.version)

    cast.request_token = factories.make_request(ASKED)
    cast.rows["request"] = PersonRequest.objects.get().pk
    factories.make_contact(people["contact"])
    neighbour = factories.make_journal(people["stranger"])
    cast.other_entry = factories.make_entry(neighbour, people["stranger"], OTHER_FAMILY, audience="family")
    factories.choose(cast.other_entry, factories.make_share(neighbour, roles["other"]))
    return cast


def send_away(cast: World) -> World:
    """Add who reads instead of the counsellor, who has handed the family over, and who left while reading instead of somebody."""
    roles = {role.user_id: role for role in CentreRole.objects.select_related("centre", "user")}
    covering, handed_over, departed = (roles[cast.roles[name].pk] for name in ("covering", "handed_over", "departed"))  # type: ignore[union-attr]
    for role in (handed_over, departed):
        share = cast.shares[role.name_en.removeprefix("Ms ")] = factories.make_share(cast.journal, role)
        factories.choose(cast.entry, share)
    cover = factories.make_cover(cast.share, covering)
    factories.make_cover(cast.shares["chosen"], departed)
    departed.deactivate()
    taker = factories.make_role(covering.centre, factories.make_user("taker"), name="Taker")
    handed = Handover.objects.propose(share=cast.shares["handed_over"], counsellor=taker, by=handed_over.user)
    assert handed is not None
    handed.agree(cast.roles["owner"], with_entries=False)
    proposal = Handover.objects.propose(share=cast.share, counsellor=covering, by=cast.roles["manager"])
    assert proposal is not None
    assert cover.absence is not None
    cast.rows |= {"role": covering.pk, "absence": cover.absence.pk, "cover": cover.pk, "handover": proposal.pk}
    return cast


def _rows(journal: Journal, owner: User) -> dict[str, Any]:
    now = timezone.localdate().isoformat()
    person = factories.make_person(journal, owner, SECRET, next=SECRET)
    agreement = factories.make_agreement(
        journal, owner, SECRET, state="now", since=now, review="2100-01-01", agreed="Both", told="All"
    )
    factories.make_page(journal, owner, who=SECRET)
    binned = factories.make_person(journal, owner, SECRET)
    binned.put_in_bin()
    membership = factories.make_membership(journal, owner)
    export, _new = Export.ask(membership)
    export.finish(SECRET.encode())  # in clear, so that a leak of the file shows
    held = Import.hold(membership, files.as_json([], timezone.localdate()))
    return {"person": person.pk, "agreement": agreement.pk, "binned": binned.pk, "export": export.pk, "import": held.pk}


def _comings(journal: Journal, people: dict[str, User]) -> dict[str, Any]:
    """One who was let in and removed, one who said yes and is not confirmed; and the member is asked to keep the journal."""
    leave(journal.add_member(people["removed"], Membership.Role.MEMBER))
    former = FormerMember.objects.get(user=people["removed"])
    invitation, _token, _code = factories.make_invitation(journal)
    invitation.accept(people["pending"])
    member = factories.make_membership(journal, people["member"])
    offer(member)
    return {"invitation": invitation.pk, "member": member.pk, "former": former.pk}


@pytest.fixture
def lately_checked(monkeypatch):
    """A day on which no number and no law is too old to be shown: tests of both hold in later years, too."""
    monkeypatch.setattr(helplines, "today", lambda: date(2026, 11, 24))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: Any) -> None:
    """SQLite in a file: in memory all threads share one connection, and what a page writes falls into a test's transaction."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "hallway.sqlite3")


@pytest.fixture
def world(db: None) -> World:
    """The cast, new for each test."""
    return again(make_world)


@pytest.fixture(scope="module")
def lasting_world(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The cast, made once for a file whose tests undo what they do; gone at the end of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield send_away(make_world())
        transaction.set_rollback(True)


class SignedIn:
    """Sessions that have begun, one a role: what a first request after a sign-in finds out and writes is done.

    Made anew once they are a minute old, because a session that nobody uses ends.
    """

    def __init__(self, cast: World) -> None:
        self.cast, self.began = cast, 0.0
        self.cookies: dict[str, Any] = {}

    def begin(self) -> None:
        """Sign everybody in and open a page each, unless that was done just now."""
        if time.time() - self.began < 60:
            return
        self.began, self.cookies = time.time(), {}
        for role, user in self.cast.roles.items():
            if user is not None:
                client = sign_in(Client(), user)
                assert client.get(reverse("journal:still")).status_code in {200, 204, 302, 303}
                self.cookies[role] = client.cookies.copy()

    def use(self, client: Client, role: str) -> Client:
        """Give a browser the session of a role; nobody's to who is not signed in."""
        client.cookies = self.cookies[role].copy() if role in self.cookies else SimpleCookie()
        return client


@pytest.fixture(scope="module")
def lasting_sessions(lasting_world: World) -> SignedIn:
    """Who holds the sessions of a file's cast."""
    return SignedIn(lasting_world)


@pytest.fixture
def signed_in(lasting_sessions: SignedIn, django_db_blocker: Any) -> SignedIn:
    """Everybody of the lasting cast, signed in. Asked for before ``db``: what it writes stays for the tests after this one."""
    with django_db_blocker.unblock(), override_settings(SECOND_FACTOR_REQUIRED=False):
        lasting_sessions.begin()
    return lasting_sessions


def sign_in(client: Client, user: User | None) -> Client:
    """Sign a person in, as if they had just typed their password: with the session this leaves, in one write."""
    if settings.SESSION_COOKIE_NAME in client.cookies:
        client.logout()
    if user is not None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time(), "email": user.email}]
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
        session.create()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def cover(client: Client) -> None:
    """As if nobody had used this session for sixteen minutes, and the sign-in were days ago."""
    session = client.session
    session["seen"] = int(time.time()) - 16 * 60
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": 0}]
    session.save()


@pytest.fixture(autouse=True)
def _english() -> Any:
    """Each test starts in English, whatever the one before it opened."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_second_factor(request: pytest.FixtureRequest, settings: Any) -> None:
    """Counsellors of the cast have no second factor; the tests about it switch it back on."""
    settings.SECOND_FACTOR_REQUIRED = "second_factor" in request.fixturenames


@pytest.fixture
def second_factor() -> None:
    """Ask for it, as production does."""


@pytest.fixture(autouse=True)
def _flushable(request: pytest.FixtureRequest) -> Any:
    """A test with real transactions ends by emptying every table, which the append-only log forbids: lift that first."""
    marker = request.node.get_closest_marker("django_db")
    asked = marker is not None and marker.kwargs.get("transaction")
    if not asked and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    without_triggers()


__all__ = [
    "ASKED", "MEMBER_PRIVATE", "OTHER_FAMILY", "PRIVATE", "ROLES", "SECRET", "World", "make_world",
    "pytest_collection_finish", "pytest_runtest_protocol", "sign_in", "world",
]  # fmt: skip

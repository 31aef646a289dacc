"""Every page of the site with the state it needs: for the page rails and for the accessibility checks in the browser.

A screen is opened by Django's test client, signed in as its role; what it answers is the page.
"""

import base64
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core import mail
from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django_htmx.middleware import HtmxDetails

from config import errors
from guidance import library
from journal.models import CentreRole, Draft, Entry, Invitation, Reply, User
from tests import factories
from tests.conftest import World, sign_in

PASSWORD = "a lamp in the hall 7"
# Addresses that answer GET without a page of their own: why each has no screen.
WITHOUT_SCREEN = {
    "root": "sends on to a language",
    "leave": "sends on to the weather",
    "health": "two letters of plain text",
    "journal:place": "a part of the step page; as a page it sends on to the journal",
    "journal:place_list": "a part of the list of steps; as a page it sends on to the journal",
    "mfa_download_recovery_codes": "a text file",
    "mfa_login_webauthn": "JSON for the passkey script",
}


@dataclass
class Stage:
    """What a screen is made from: a signed-in client, the cast and the language."""

    client: Client
    world: World
    language: str
    role: str
    user: User | None

    def url(self, name: str, **kwargs: Any) -> str:
        with translation.override(self.language):
            return reverse(name, kwargs=kwargs)

    def get(self, name: str, query: str = "", **kwargs: Any) -> HttpResponse:
        return self.client.get(self.url(name, **kwargs) + query)

    def post(self, name: str, data: dict[str, Any] | None = None, **kwargs: Any) -> HttpResponse:
        return self.client.post(self.url(name, **kwargs), data or {})

    def with_password(self) -> None:
        assert self.user is not None
        self.user.set_password(PASSWORD)
        self.user.save()
        if self.role != "anonymous":
            sign_in_just_now(self.client, self.user)


@dataclass(frozen=True)
class Screen:
    """One page: its name, who opens it, and how."""

    name: str
    role: str
    open: Callable[[Stage], HttpResponse] = field(compare=False)
    status: int = 200
    url_name: str = ""

    @property
    def frame(self) -> str:
        """Which of the two page frames it has: the desk has its own."""
        return "desk" if self.url_name.startswith(("journal:desk", "journal:reply")) else "site"

    @property
    def private(self) -> bool:
        """Whether only one signed-in person, or nobody but who is signing in, has this page."""
        return not self.url_name.startswith("guidance:")

    def show(self, world: World, language: str) -> tuple[HttpResponse, Client]:
        """Open it with a client of its own; return the answer and the client, still signed in."""
        client = Client()
        user = fresh(world.roles[self.role])
        with translation.override(language):
            if user is not None:
                sign_in_just_now(client, user)
            response = self.open(Stage(client, world, language, self.role, user))
        assert response.status_code == self.status, f"{self.name}: {response.status_code} {response.headers.get('Location', '')}"
        return response, client


SCREENS: list[Screen] = []


def screen(name: str, role: str = "anonymous", *, status: int = 200, url_name: str = "") -> Callable[[Any], Any]:
    """Add a screen that a function opens."""

    def add(opens: Callable[[Stage], HttpResponse]) -> Callable[[Stage], HttpResponse]:
        SCREENS.append(Screen(name, role, opens, status, url_name or name.split(" ")[0]))
        return opens

    return add


def page(url_name: str, role: str = "anonymous", note: str = "", query: str = "", **kwargs: Any) -> None:
    """Add a screen that is opened by its address alone."""
    name = f"{url_name} {note}".strip()
    screen(name, role, url_name=url_name)(lambda stage: stage.get(url_name, query, **kwargs))


# ---- public pages

page("guidance:landing")
page("guidance:step_list")
page("guidance:step_detail", number=3)
page("guidance:card_list")
page("guidance:checkpoint_start")
page("guidance:checkpoint_question", number=1)
page("guidance:help_detail")
page("guidance:help_detail", note="Japan", country="jp")
page("guidance:help_page", page="hurt")
page("guidance:about")
page("guidance:source_list")
page("guidance:home_privacy")
page("guidance:privacy")
page("guidance:accessibility")
page("guidance:for_you")
page("guidance:display")


@screen("guidance:card_detail")
def _card(stage: Stage) -> HttpResponse:
    return stage.get("guidance:card_detail", slug=library.current().cards(stage.language)[0].slug)


@screen("guidance:checkpoint_question with answers")
def _question(stage: Stage) -> HttpResponse:
    return stage.post("guidance:checkpoint_question", {"danger": "no"}, number=2)


@screen("guidance:checkpoint_result")
def _result(stage: Stage) -> HttpResponse:
    questions = library.current().questionnaire.questions
    chosen = {question.key: question.choices[0].value for question in questions}
    return stage.post("guidance:checkpoint_result", chosen | {"danger": "no"})


# ---- signing in and the account

page("account_login")
page("account_request_login_code")
page("account_signup")
page("account_reset_password")
page("account_inactive")
page("account_password_reset_completed")
page("account_logout", "owner")
page("account_email", "owner")
page("account_set_password", "owner")
page("mfa_index", "owner")
page("mfa_generate_recovery_codes", "owner-with-app")
page("mfa_view_recovery_codes", "owner-with-app")
page("mfa_deactivate_totp", "owner-with-app")
page("mfa_reauthenticate", "owner-with-app")
page("mfa_activate_totp", "owner")
page("mfa_add_webauthn", "owner")
page("mfa_list_webauthn", "owner")
page("journal:account_edit", "owner")
page("journal:code_confirm", "owner")


@screen("account_login with errors")
def _login_errors(stage: Stage) -> HttpResponse:
    return stage.post("account_login", {"login": "nobody", "password": ""})


@screen("account_confirm_login_code")
def _login_code(stage: Stage) -> HttpResponse:
    stage.post("account_request_login_code", {"email": stage.world.roles["owner"].email})
    return stage.get("account_confirm_login_code")


@screen("account_email_verification_sent")
def _verification(stage: Stage) -> HttpResponse:
    stage.post("account_signup", {"email": f"new-{uuid.uuid4()}@example.test", "password1": ""})
    return stage.get("account_email_verification_sent")


def _ask_reset(stage: Stage) -> None:
    stage.user = fresh(stage.world.roles["stranger"])
    stage.with_password()
    stage.post("account_reset_password", {"email": stage.user.email})


@screen("account_confirm_password_reset_code")
def _reset_code(stage: Stage) -> HttpResponse:
    _ask_reset(stage)
    return stage.get("account_confirm_password_reset_code")


@screen("account_complete_password_reset")
def _reset_new(stage: Stage) -> HttpResponse:
    _ask_reset(stage)
    stage.post("account_confirm_password_reset_code", {"code": code_in(mail.outbox[-1].body)})
    return stage.get("account_complete_password_reset")


@screen("account_change_password", "owner")
def _change_password(stage: Stage) -> HttpResponse:
    stage.with_password()
    return stage.get("account_change_password")


@screen("account_reauthenticate", "owner")
def _again(stage: Stage) -> HttpResponse:
    stage.with_password()
    return stage.get("account_reauthenticate")


@screen("journal:code_confirm sent", "owner")
def _again_code(stage: Stage) -> HttpResponse:
    return stage.post("journal:code_confirm")


@screen("mfa_authenticate")
def _second_step(stage: Stage) -> HttpResponse:
    stage.user = fresh(stage.world.roles["stranger"])
    stage.with_password()
    TOTP.activate(stage.user, "A" * 32)
    WebAuthn.add(stage.user, "Phone", passkey())
    stage.post("account_login", {"login": stage.user.email, "password": PASSWORD})
    return stage.get("mfa_authenticate")


@screen("mfa_list_webauthn with a passkey", "owner")
def _passkeys(stage: Stage) -> HttpResponse:
    WebAuthn.add(stage.user, "Phone", passkey())
    return stage.get("mfa_list_webauthn")


@screen("mfa_reauthenticate_webauthn", "owner")
def _passkey_again(stage: Stage) -> HttpResponse:
    WebAuthn.add(stage.user, "Phone", passkey())
    return stage.get("mfa_reauthenticate_webauthn")


@screen("mfa_edit_webauthn", "owner")
def _passkey_name(stage: Stage) -> HttpResponse:
    return stage.get("mfa_edit_webauthn", pk=WebAuthn.add(stage.user, "Phone", passkey()).instance.pk)


@screen("mfa_remove_webauthn", "owner")
def _passkey_away(stage: Stage) -> HttpResponse:
    return stage.get("mfa_remove_webauthn", pk=WebAuthn.add(stage.user, "Phone", passkey()).instance.pk)


@screen("journal:role_join")
def _join(stage: Stage) -> HttpResponse:
    role = CentreRole.objects.get(user=stage.world.roles["other"])
    return stage.get("journal:role_join", token=Invitation.make(Invitation.Kind.SIGN_UP, role))


@screen("journal:role_join used")
def _join_used(stage: Stage) -> HttpResponse:
    return stage.get("journal:role_join", token="a-token")


# ---- the journal

page("journal:home", "owner")
page("journal:entry_list", "owner")
page("journal:entry_bin", "owner")
page("journal:share_list", "owner")
page("journal:share_new", "owner")


@screen("journal:journal_start", "newcomer")
def _start(stage: Stage) -> HttpResponse:
    return stage.get("journal:journal_start")


@screen("journal:journal_start with errors", "newcomer", status=422)
def _start_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:journal_start", {"relation": "x" * 30})


@screen("journal:home resting, with an answer", "owner")
def _home_resting(stage: Stage) -> HttpResponse:
    reply(stage.world)
    hard = factories.make_entry(stage.world.journal, stage.user, kind="hard")
    stage.post("journal:entry_hard", {"hard": "afraid"}, entry_id=hard.pk)
    return stage.get("journal:home")


@screen("journal:entry_list long, with answers", "owner")
def _timeline(stage: Stage) -> HttpResponse:
    reply(stage.world)
    for _ in range(26):
        factories.make_entry(stage.world.journal, stage.user, "I said good night.", kind="greet", response="sign")
    factories.make_entry(stage.world.journal, stage.user, kind="hard")
    return stage.get("journal:entry_list")


@screen("journal:home with errors", "owner", status=422, url_name="journal:entry_add")
def _home_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:entry_add", form_of_entry(stage.world, kind="", when="other", words="まだ決めていない"))


@screen("journal:entry_detail", "owner")
def _saved(stage: Stage) -> HttpResponse:
    return stage.get("journal:entry_detail", entry_id=stage.world.entry.pk)


@screen("journal:entry_detail to change", "owner")
def _change(stage: Stage) -> HttpResponse:
    Entry.objects.filter(pk=stage.world.entry.pk).update(version=2)
    reply(stage.world)
    return stage.get("journal:entry_detail", entry_id=stage.world.entry.pk)


@screen("journal:entry_detail in two versions", "owner", status=409)
def _conflict(stage: Stage) -> HttpResponse:
    Entry.objects.filter(pk=stage.world.entry.pk).update(version=3)
    return stage.post("journal:entry_detail", {"version": 1, "words": "My words"}, entry_id=stage.world.entry.pk)


@screen("journal:entry_detail that cannot be opened", "owner", status=409)
def _unreadable(stage: Stage) -> HttpResponse:
    Entry.objects.filter(pk=stage.world.entry.pk).update(sealed=b"\x01" * 80)
    return stage.get("journal:entry_detail", entry_id=stage.world.entry.pk)


@screen("journal:entry_hard", "owner")
def _hard(stage: Stage) -> HttpResponse:
    return stage.get("journal:entry_hard", entry_id=factories.make_entry(stage.world.journal, stage.user, kind="hard").pk)


@screen("journal:entry_hard answered", "owner")
def _hard_answered(stage: Stage) -> HttpResponse:
    entry = factories.make_entry(stage.world.journal, stage.user, kind="hard")
    stage.post("journal:entry_hard", {"hard": "hurt"}, entry_id=entry.pk)
    return stage.get("journal:entry_hard", entry_id=entry.pk)


@screen("journal:share_new with errors", "owner", status=422)
def _code_wrong(stage: Stage) -> HttpResponse:
    return stage.post("journal:share_new", {"journal": stage.world.journal.pk, "code": "AAAA BBBB"})


@screen("journal:share_new checked", "owner")
def _share_check(stage: Stage) -> HttpResponse:
    code = factories.make_code(CentreRole.objects.get(user=stage.world.roles["other"]))
    return stage.post("journal:share_new", {"journal": stage.world.journal.pk, "code": code})


@screen("journal:share_new checked, with nothing chosen", "owner", status=422, url_name="journal:share_add")
def _share_nothing(stage: Stage) -> HttpResponse:
    code = factories.make_code(CentreRole.objects.get(user=stage.world.roles["other"]))
    return stage.post("journal:share_add", {"journal": stage.world.journal.pk, "code": code})


@screen("journal:share_list with a long log", "owner")
def _log(stage: Stage) -> HttpResponse:
    reader = Client()
    sign_in(reader, stage.world.roles["counsellor"])
    for _ in range(22):
        reader.get(stage.url("journal:desk_family", share_id=stage.world.share.pk))
    return stage.get("journal:share_list")


# ---- the desk

page("journal:desk_queue", "counsellor")
page("journal:desk_profile", "counsellor")
page("journal:centre_detail", "manager")


@screen("journal:desk_queue with every mark", "counsellor")
def _queue(stage: Stage) -> HttpResponse:
    entry = factories.make_entry(stage.world.journal, stage.world.roles["owner"], "A door.", kind="hard")
    factories.choose(entry, stage.world.share)
    return stage.get("journal:desk_queue")


@screen("journal:desk_queue empty", "chosen")
def _queue_empty(stage: Stage) -> HttpResponse:
    stage.world.shares["chosen"].revoke()
    return stage.get("journal:desk_queue")


@screen("journal:desk_profile with a code", "counsellor")
def _code(stage: Stage) -> HttpResponse:
    return stage.post("journal:desk_code")


@screen("journal:desk_family", "counsellor")
def _family(stage: Stage) -> HttpResponse:
    return stage.get("journal:desk_family", share_id=stage.world.share.pk)


@screen("journal:desk_family about an entry, with a draft", "counsellor")
def _family_draft(stage: Stage) -> HttpResponse:
    share = stage.world.share
    Draft.objects.keep(user=stage.user, journal=share.journal, form="reply", target=share.pk, sequence=1, text="Half a")
    return stage.get("journal:desk_family", f"?entry={stage.world.entry.pk}", share_id=share.pk)


@screen("journal:desk_family read and answered", "counsellor")
def _family_read(stage: Stage) -> HttpResponse:
    for _ in range(12):
        factories.choose(factories.make_entry(stage.world.journal, stage.world.roles["owner"], "Tea."), stage.world.share)
    stage.get("journal:desk_family", share_id=stage.world.share.pk)
    stage.post("journal:review_finish", share_id=stage.world.share.pk)
    reply(stage.world)
    return stage.get("journal:desk_family", share_id=stage.world.share.pk)


@screen("journal:reply_add with errors", "counsellor", status=422)
def _reply_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:reply_add", {"submission": str(uuid.uuid4()), "text": " "}, share_id=stage.world.share.pk)


# ---- what went wrong


def _bare(stage: Stage) -> Any:
    """A request that no middleware has seen: an error page needs nothing else."""
    request = RequestFactory().get(f"/{stage.language}/notes/")
    request.htmx = HtmxDetails(request)
    return request


screen("error 400", status=400)(lambda stage: errors.bad_request(_bare(stage)))
screen("error 403", status=403)(lambda stage: errors.forbidden(_bare(stage)))
screen("error 404", status=404)(lambda stage: stage.client.get(f"/{stage.language}/nothing/here/"))
screen("error 500", status=500)(lambda stage: errors.server_error(_bare(stage)))


@screen("error 429", status=429)
def _too_fast(stage: Stage) -> HttpResponse:
    return render(_bare(stage), "429.html", status=429)


@screen("error of an old page", status=403)
def _old_page(stage: Stage) -> HttpResponse:
    strict = Client(enforce_csrf_checks=True)
    return strict.post(stage.url("account_login"), {"login": "a@example.test"})


@screen("words kept after the sign-in ended", status=401)
def _kept(stage: Stage) -> HttpResponse:
    return stage.post("journal:entry_add", form_of_entry(stage.world, words="I said good night."))


@screen("journal:entry_hard that could not be saved", "owner", status=503)
def _hard_not_saved(stage: Stage) -> HttpResponse:
    with mock.patch.object(Entry.objects, "write", side_effect=DatabaseError):
        return stage.post("journal:entry_add", form_of_entry(stage.world, kind="hard"))


@screen("words kept on an old page", "owner", status=403)
def _kept_old(stage: Stage) -> HttpResponse:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, stage.user)
    return strict.post(stage.url("journal:entry_add"), form_of_entry(stage.world, words="I said good night."))


# ---- what screens are made with


def fresh(user: User | None) -> User | None:
    """The account as the database has it: one screen's change of password is undone before the next."""
    return user and User.objects.get(pk=user.pk)


def sign_in_just_now(client: Client, user: User) -> None:
    """Sign in, and count it as the answer to "is it you?" too, which some pages ask for."""
    sign_in(client, user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {**record, "reauthenticated": True} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]
    ]
    session.save()


def form_of_entry(world: World, **fields: Any) -> dict[str, Any]:
    """The fields of the quick log, as the page sends them."""
    return {
        "journal": str(world.journal.pk),
        "submission": str(uuid.uuid4()),
        "kind": "greet",
        "when": "now",
        "words": "",
        **fields,
    }


def reply(world: World, text: str = "Good night is enough.", *, entry: Entry | None = None) -> Reply:
    """An answer of the family's counsellor."""
    sent, _new = Reply.objects.send(
        share=world.share, author=world.roles["counsellor"], entry=entry or world.entry, submission=uuid.uuid4(), text=text
    )
    return sent


def code_in(body: str) -> str:
    """The six digits of a mail."""
    found = re.search(r"\b\d{6}\b", body)
    assert found, body
    return found[0]


def passkey() -> dict[str, Any]:
    """A passkey as a browser registers it: a real key, made here."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from fido2.cose import ES256
    from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential_id = uuid.uuid4().bytes
    attested = AttestedCredentialData.create(b"\0" * 16, credential_id, key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(b"\0" * 32, flags, 0, attested)

    def text(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    client_data = b'{"type":"webauthn.create","challenge":"AA","origin":"http://localhost"}'
    return {
        "id": text(credential_id),
        "rawId": text(credential_id),
        "type": "public-key",
        "response": {"clientDataJSON": text(client_data), "attestationObject": text(AttestationObject.create("none", data, {}))},
        "clientExtensionResults": {"credProps": {"rk": True}},
    }


def complete(world: World) -> World:
    """Add to the cast who only some pages need: a newcomer without a journal, and a parent with an app for codes."""
    world.roles["newcomer"] = factories.make_user("newcomer")
    with_app = world.roles["owner-with-app"] = factories.make_user("hana")
    factories.make_journal(with_app)
    TOTP.activate(with_app, "A" * 32)
    RecoveryCodes.activate(with_app)
    return world

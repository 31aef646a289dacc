"""What screens are made with.

A screen is opened by Django's test client, signed in as its role; what it answers is the page.
"""

import base64
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from journal.models import Entry, Reply, User
from tests import factories
from tests.conftest import World, sign_in

PASSWORD = "a lamp in the hall 7"
# Addresses that answer GET without a page of their own: why each has no screen.
WITHOUT_SCREEN = {
    "root": "sends on to a language",
    "leave": "sends on to the weather",
    "health": "two letters of plain text",
    "ready": "names of parts, as plain text",
    "journal:invitation_open": "keeps what the link says and sends on",
    "sitemap": "XML for search engines",
    "robots": "plain text for search engines",
    "journal:place": "a part of the step page; as a page it sends on to the journal",
    "journal:place_list": "a part of the list of steps; as a page it sends on to the journal",
    "journal:still": "a part of every private page; as a page it sends on to the journal",
    "journal:here": "the same, pressed",
    "journal:export_file": "a file",
    "journal:account_data": "a file",
    "journal:left_file": "a file",
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
        """Which of the three page frames it has; a page of what went wrong has the site's."""
        if self.url_name.startswith(("journal:absence", "journal:handover_new")):
            return "site" if self.role == "manager" else "desk"
        if self.url_name.startswith("journal:request_"):
            return "requests"
        return "desk" if self.status < 500 and self.url_name.startswith(("journal:desk", "journal:reply")) else "site"

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

"""Screens of signing in and of the account."""

import uuid

from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core import mail
from django.http import HttpResponse

from journal.models import CentreRole, Invitation
from tests.screens.stage import PASSWORD, Stage, code_in, fresh, page, passkey, screen

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

"""How allauth fits this site: mails in the reader's language, a code for who has no password, sealed second factors."""

import logging
import re
from base64 import b64decode, b64encode
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from journal.account_notices import tell
from journal.vault import vault

logger = logging.getLogger("hallway.account")
# What anybody would try first on this site; in a password it counts for nothing.
WORDS_OF_THE_SITE = re.compile(r"hallway|light|hikikomori|journal|password|廊下|灯り|あかり|ひきこもり|引きこもり|ノート")
FEWEST_LETTERS = 4


class LengthValidator(MinimumLengthValidator):
    """Django's rule about length, said kindly."""

    def get_error_message(self) -> str:
        """What stands beside the field."""
        return str(_("This password is too short. Ten characters or more are safe enough."))


class SiteWordsValidator:
    """Refuse a password that is a word of this site with little else than figures and signs."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError where too little of its own is left."""
        own, found = WORDS_OF_THE_SITE.subn("", password.lower())
        if found and len(re.sub(r"[\d\W_]", "", own)) < FEWEST_LETTERS:
            raise ValidationError(_("This password is easy to guess. Add a word of your own."), code="password_of_site_words")

    def get_help_text(self) -> str:
        """Nothing: what is said beside the field is enough."""
        return ""


class AccountAdapter(DefaultAccountAdapter):
    """Accounts of parents and counsellors."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address or the password does not match. Look once more."),
        "incorrect_code": _("That code does not match. Look once more."),
        "incorrect_password": _("The password does not match. Look once more."),
        "enter_current_password": _("The password does not match. Look once more."),
        "too_many_login_attempts": _("That was a little fast. Wait a few minutes, then go on."),
        "rate_limited": _("That was a little fast. Wait a few minutes, then go on."),
    }

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Remember the language a person signed up in: their mails come in it."""
        user.language = get_language()
        return super().save_user(request, user, form, commit)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Log that a limit on passwords was reached: not for whom, and not from where."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            logger.warning("too many wrong passwords for one address, or from one place")
            raise

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Offer a mailed code to whoever has no password: nobody is locked out of their own choices."""
        methods = super().get_reauthentication_methods(user)
        if not methods:
            methods = [{"id": "code", "description": "", "url": reverse("journal:code_confirm")}]
        return methods

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell whose account it is that it has changed; where its address has, at the old one and at the new."""
        new = (context or {}).get("to_email")
        tell(user, template_prefix, *[address for address in (email, new) if address])


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: seeds sealed with the master key, QR codes without an image request."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code does not match. Look once more."),
    }

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """Propose a name for a passkey; the person may change it."""
        return str(_("Passkey"))

    def encrypt(self, text: str) -> str:
        """Seal a seed for the database."""
        return b64encode(vault().seal_factor(text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a seed; raise Unreadable."""
        return vault().open_factor(b64decode(encrypted_text))

    def build_totp_svg(self, url: str) -> str:
        """Return an inline SVG with classes only: the policy allows no data: image and no inline style."""
        return segno.make(url, error="m", micro=False).svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None)

"""Mails that an account has changed: one fixed sentence, in the account's language, to every address it concerns.

Nothing in them says who changed it, from where, or what this site is about: others read mails, too.
"""

import logging
from datetime import datetime
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, email_removed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, transaction
from django.dispatch import receiver
from django.template.loader import render_to_string
from django.utils import translation

from config.mail import ONE_ALONE
from journal.models import AccountMail

logger = logging.getLogger("hallway.account")


def tell(user: Any, what: str, *addresses: str) -> None:
    """Mail that something of this account has changed, once the change is certain; ``what`` names the sentence's templates.

    Without addresses the one in use is told. A mail server that is away undoes nothing: it is asked again later.
    """
    for address in addresses or (EmailAddress.objects.get_primary_email(user),):
        if address:
            transaction.on_commit(partial(_send_or_keep, user, what, user.language, address))


def send_kept(now: datetime, most: int) -> int:
    """Send what could not be sent before, at most ``most`` mails; return how many were. What is too old is given up."""
    sent = 0
    for mail in AccountMail.objects.due(now)[:most]:
        if not mail.claim(now):
            continue
        try:
            _send(mail.what, mail.language, mail.address)
        except Exception as error:  # whatever it is: the mail waits, and is not lost
            mail.postpone(now)
            _report(error)
            if isinstance(error, ONE_ALONE):
                continue
            break  # the server is away: it is not asked again for each of the others
        mail.delete()
        sent += 1
    if given_up := AccountMail.objects.over(now).delete()[0]:
        logger.error("notices about accounts given up after three days: %d", given_up)
    return sent


def _send_or_keep(user: Any, what: str, language: str, address: str) -> None:
    try:
        _send(what, language, address)
    except Exception as error:  # whatever it is: the change has been made
        _report(error)
        try:
            AccountMail.objects.keep(user, what, address, language)
        except DatabaseError as failed:  # the change stands, and its page is shown
            logger.error("a notice about an account could not be kept: %s", type(failed).__name__)


def _send(what: str, language: str, address: str) -> None:
    with translation.override(language):
        subject = render_to_string(f"{what}_subject.txt").strip()
        body = render_to_string(f"{what}_message.txt", {"link": f"{settings.SITE_URL}/{language}/account/sign-in/"}).strip()
    EmailMessage(subject, f"{body}\n", to=[address]).send()


def _report(error: Exception) -> None:
    # Its class alone: what a mail server says names addresses.
    logger.warning("a notice about an account could not be sent: %s", type(error).__name__)


@receiver(email_confirmed)
def _address_added(email_address: EmailAddress, **kwargs: Any) -> None:
    # The first address of an account is confirmed by signing up: nobody else is to be told.
    if not email_address.primary:
        tell(email_address.user, "account/email/email_confirm")


@receiver(email_removed)
def _address_removed(user: Any, email_address: EmailAddress, **kwargs: Any) -> None:
    # allauth tells the address in use. Who loses an address is told there; an unconfirmed one may be a stranger's.
    if email_address.verified:
        tell(user, "account/email/email_deleted", email_address.email)


@receiver(authenticator_used)
def _backup_code_used(user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        tell(user, "mfa/email/recovery_code_used")

"""What a person agreed to, apart from the terms: to which words, when, and that they took it back."""

import logging
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from journal.models.accounts import User
from journal.models.entries import Entry, day_of
from journal.models.journals import Journal, Membership
from journal.models.log import AccessEvent, LogUnavailable, Verb
from journal.models.parts import SharedPart
from journal.models.shared_entries import SharedEntry
from journal.models.sharing import Share

logger = logging.getLogger("hallway.consents")

JOURNAL = "journal"
# The words each version of the consent had, the newest last; it is the one that is asked for. Changed words are a new
# version: whoever agreed to older ones goes on reading, and is asked before more is kept.
WORDS: dict[str, list[Any]] = {
    "2026-11": [
        _("You write down what you yourself said and did. It is not a report about anyone."),
        _("Your words are locked with a key of this journal. Nobody else can read them unless you choose it."),
        _("Nobody is watching as you write. In danger, call first."),
        _("There are no fields for illness, sleep or places. Write no full names."),
        _("I have read this."),
    ],
    "2026-11-24": [
        _("What you write is kept here, locked. Some of it may be about your own health: how you are, how hard a day was."),
        _("It is shown to you and to those you choose, and used for nothing else."),
        _(
            "You can take this back at any time, on your account page. Then nothing new of yours is kept, and nobody else can "
            "read what you wrote. What is there stays yours, to read, to take out or to erase."
        ),
        _("The guidance and the help pages are open without it."),
    ],
}  # fmt: skip
VERSION = list(WORDS)[-1]


class ConsentQuerySet(models.QuerySet["Consent"]):
    """What somebody agreed to."""

    def of_user(self, user: Any) -> Self:
        """Everything this person agreed to, the last first."""
        return self.filter(user=user).order_by("-given_at", "-pk")

    def standing(self, user: Any) -> Self:
        """What they have not taken back."""
        return self.of_user(user).filter(what=JOURNAL, withdrawn_at=None)

    @transaction.atomic
    def give(self, user: User) -> None:
        """Keep that this person agrees to the words of now; said twice it is said once."""
        User.objects.select_for_update().get(pk=user.pk)
        if not self.standing(user).filter(text_version=VERSION).exists():
            self.create(user=user, what=JOURNAL, text_version=VERSION)
        user.consent_version, user.consent_ended_at = VERSION, None
        user.save(update_fields=["consent_version", "consent_ended_at"])


class Consent(models.Model):
    """One agreement: which words, when it was given, and when it was taken back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    what = models.CharField(max_length=30)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    def __str__(self) -> str:
        return f"consent {self.what} {self.text_version}"

    @property
    def words(self) -> list[Any]:
        """The words that were agreed to."""
        return WORDS.get(self.text_version, [])


@transaction.atomic
def withdraw(user: User) -> None:
    """Take it back: from now on nothing new of theirs is kept (journal/consent.py), and nobody else reads what they wrote.

    Nothing is erased. What was closed stays closed when they agree again: opening it is a choice of its own.
    """
    User.objects.select_for_update().get(pk=user.pk)
    user.consent_version, user.consent_ended_at = "", timezone.now()
    user.save(update_fields=["consent_version", "consent_ended_at"])
    Consent.objects.standing(user).update(withdrawn_at=user.consent_ended_at)
    for membership in Membership.objects.of_user(user):
        membership.user = user
        _close(membership)


def _close(membership: Membership) -> None:
    """Close what this parent wrote, and what they opened, to everybody but themself."""
    Journal.lock(membership.journal_id)
    user = membership.user
    alone = not Membership.objects.beside(user, membership.journal).exists()
    for share in Share.objects.select_for_update().filter(journal=membership.journal_id, revoked_at=None):
        _note(membership, share, Verb.STOPPED if alone else Verb.NARROWED)
        if alone:
            share.revoke()
        else:
            share.open_nothing_new(user)
    written = Entry.objects.filter(journal=membership.journal_id, author=user)
    SharedEntry.objects.filter(entry__in=written.values("pk")).delete()
    SharedPart.objects.filter(journal=membership.journal_id, granted_by=user).delete()
    opened = written.filter(audience=Entry.Audience.FAMILY)
    opened.update(audience=Entry.Audience.AUTHOR, family_at=None, version=models.F("version") + 1)
    membership.keep_rest(day_of(timezone.now(), user.zone))


def _note(membership: Membership, share: Share, verb: Verb) -> None:
    try:
        AccessEvent.objects.record(journal=membership.journal_id, who=membership.user, role="parent", verb=verb, share=share.pk)
    except LogUnavailable:  # reported by the log itself; what is taken back does not wait for it
        logger.warning("journal %s: a consent was taken back, and its log could not say so", membership.journal_id)

"""Everything the site holds about one account, as plain data: what is in the journals is in their copies."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from journal.models import (
    Absence,
    AccessEvent,
    AccountMail,
    CentreRole,
    Consent,
    Draft,
    Entry,
    Export,
    FormerMember,
    MemberInvitation,
    Membership,
    Outbox,
    PrivacyContact,
    Recovery,
    Reply,
    RequestEvent,
    Share,
    User,
)

# Of an account itself all but what would only help to break into it.
SECRET = {"password", "session_salt"}


def of_account(user: User) -> dict[str, Any]:
    """Return what is held, by part; no word of a journal, and nothing about anybody else."""
    return {
        "note": gettext("All that is held about this account but your journals: each has a copy of its own, under More."),
        "made_at": timezone.now(),
        "account": {field.name: getattr(user, field.name) for field in User._meta.fields if field.name not in SECRET},
        "addresses": _rows(EmailAddress.objects.filter(user=user), "email", "verified", "primary"),
        "second_factors": _rows(Authenticator.objects.filter(user=user), "type", "created_at", "last_used_at"),
        "consents": [_consent(one) for one in Consent.objects.of_user(user)],
        "journals": _rows(Membership.objects.filter(user=user), "journal_id", "role", "joined_at", "reads_from", "seen_at"),
        "journals_left": _rows(FormerMember.objects.filter(user=user), "journal_id", "left_at"),
        "invitations_accepted": _rows(MemberInvitation.objects.filter(accepted_by=user), "journal_id", "accepted_at"),
        "readings_you_began": _rows(
            Share.objects.filter(granted_by=user),
            "id", "journal_id", "counsellor_id", "default", "starts_at", "ends_at", "revoked_at",
        ),
        "entries": _rows(Entry.objects.filter(author=user), "id", "journal_id", "day", "created_at", "audience", "deleted_at"),
        "answers": _rows(Reply.objects.filter(author=user), "id", "journal_id", "created_at"),
        "drafts": _rows(Draft.objects.filter(user=user), "id", "journal_id", "kept_at", "expires_at"),
        "copies": _rows(Export.objects.filter(requested_by=user), "id", "journal_id", "made_at", "expires_at", "state"),
        "mails": _rows(Outbox.objects.filter(user=user), "due_at", "sent_at"),
        "mails_about_the_account_that_wait": _rows(AccountMail.objects.filter(user=user), "address", "kept_at", "due_at"),
        "work_at_a_centre": _rows(
            CentreRole.objects.filter(user=user),
            "centre__name_en", "role", "name_en", "name_ja", "licence_en", "licence_ja", "reading_days", "approved_at",
            "second_approved_at", "deactivated_at",
        ),
        "recoveries": _rows(Recovery.objects.filter(user=user), "begun_at", "due_at", "stopped_at", "done_at"),
        "answering_requests": _rows(PrivacyContact.objects.filter(user=user), "named_at", "ended_at"),
        "requests_you_opened_or_answered": _rows(RequestEvent.objects.filter(who=user), "request_id", "verb", "at"),
        "days_away": _rows(Absence.objects.filter(counsellor__user=user), "first_day", "last_day"),
        "lines_in_the_logs_of_journals": _rows(AccessEvent.objects.filter(who=user.pk), "journal_id", "role", "verb", "at"),
    }  # fmt: skip


def _consent(one: Consent) -> dict[str, Any]:
    """One agreement with the words it was given to: a version's name alone says nothing to who takes it out."""
    names = ("what", "text_version", "given_at", "withdrawn_at")
    return {name: getattr(one, name) for name in names} | {"words": [str(line) for line in one.words]}


def _rows(rows: QuerySet[Any, Model], *names: str) -> list[dict[str, Any]]:
    return list(rows.order_by("pk").values(*names))

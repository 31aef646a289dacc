"""The journal's models, by noun."""

from journal.models.accounts import Centre, CentreRole, Consent, User
from journal.models.entries import Conflict, Draft, DraftContent, Entry, EntryContent, Hard, Kind, Response, day_of
from journal.models.journals import Journal, JournalKey, JournalSettings, Membership, MembershipNotes
from journal.models.log import AccessEvent, AccessHead, Erased, Verb
from journal.models.replies import Reply, ReplyContent, ReplyRead, finish_review
from journal.models.sealed import open_rows
from journal.models.sharing import Invitation, Share, SharedEntry
from journal.models.visits import AfterVisit, Answer, NotReady, PlanChanged, Told, VisitContent, VisitPlan

__all__ = [
    "AccessEvent",
    "AccessHead",
    "AfterVisit",
    "Answer",
    "Centre",
    "CentreRole",
    "Conflict",
    "Consent",
    "Draft",
    "DraftContent",
    "Entry",
    "EntryContent",
    "Erased",
    "Hard",
    "Invitation",
    "Journal",
    "JournalKey",
    "JournalSettings",
    "Kind",
    "Membership",
    "MembershipNotes",
    "NotReady",
    "PlanChanged",
    "Reply",
    "ReplyContent",
    "ReplyRead",
    "Response",
    "Share",
    "SharedEntry",
    "Told",
    "User",
    "Verb",
    "VisitContent",
    "VisitPlan",
    "day_of",
    "finish_review",
    "open_rows",
]

"""The journal's models, by noun."""

from journal.models.account_mails import AccountMail
from journal.models.accounts import Centre, CentreRole, User
from journal.models.agreements import Agreement, AgreementContent, Stage, Topic
from journal.models.bin import Conflict
from journal.models.circle import AskedNotTo, Closeness, FamilyPage, PageContent, PersonContent, SupportPerson
from journal.models.consents import Consent, withdraw
from journal.models.cover import Absence, Cover, Handover
from journal.models.drafts import Draft, DraftContent
from journal.models.entries import Entry, EntryContent, Hard, Kind, Response, Strain, day_of
from journal.models.erasing import AtCentre, NotAlone, erase_account, erase_journal
from journal.models.exports import Export, Import
from journal.models.hurts import ReplyHurt
from journal.models.invitations import Invitation, MemberInvitation
from journal.models.journals import Journal, JournalSettings, Membership, MembershipNotes
from journal.models.keys import JournalKey
from journal.models.leaving import FormerMember, Mine, StillKeeps, leave, offer, take_over
from journal.models.log import AccessEvent, AccessHead, Erased, LogUnavailable, Verb
from journal.models.notices import Notice, Outbox
from journal.models.parts import Part, SharedPart
from journal.models.person_requests import PersonRequest, RequestEvent
from journal.models.privacy_contacts import NotApart, PrivacyContact
from journal.models.recoveries import Recovery
from journal.models.replies import Reply, ReplyContent, ReplyKind, ReplyRead, TooLate, finish_review
from journal.models.sealed import open_rows
from journal.models.shared_entries import SharedEntry
from journal.models.sharing import Share, ShareChoice
from journal.models.visit_content import AfterVisit, Answer, Told, VisitContent
from journal.models.visits import NotReady, PlanChanged, VisitPlan

__all__ = [
    "Absence",
    "AccessEvent",
    "AccessHead",
    "AccountMail",
    "Agreement",
    "AgreementContent",
    "AskedNotTo",
    "AtCentre",
    "AfterVisit",
    "Answer",
    "Centre",
    "CentreRole",
    "Closeness",
    "Conflict",
    "Consent",
    "Cover",
    "Draft",
    "DraftContent",
    "Entry",
    "EntryContent",
    "Erased",
    "Export",
    "FamilyPage",
    "FormerMember",
    "Handover",
    "Hard",
    "Import",
    "Invitation",
    "Journal",
    "JournalKey",
    "JournalSettings",
    "Kind",
    "LogUnavailable",
    "MemberInvitation",
    "Membership",
    "MembershipNotes",
    "Mine",
    "PageContent",
    "Part",
    "PersonRequest",
    "PersonContent",
    "PrivacyContact",
    "NotAlone",
    "NotApart",
    "NotReady",
    "Notice",
    "Outbox",
    "PlanChanged",
    "Recovery",
    "RequestEvent",
    "Reply",
    "ReplyContent",
    "ReplyKind",
    "ReplyHurt",
    "ReplyRead",
    "Response",
    "Share",
    "ShareChoice",
    "SharedEntry",
    "SharedPart",
    "StillKeeps",
    "Stage",
    "SupportPerson",
    "TooLate",
    "Topic",
    "Strain",
    "Told",
    "User",
    "Verb",
    "VisitContent",
    "VisitPlan",
    "day_of",
    "erase_account",
    "erase_journal",
    "finish_review",
    "leave",
    "offer",
    "open_rows",
    "take_over",
    "withdraw",
]

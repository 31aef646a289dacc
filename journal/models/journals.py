"""Journals, and the parents who write in them."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from journal.models.keys import JournalKey
from journal.models.sealed import Document, SealedModel, open_rows
from journal.vault import DataKey, vault

if TYPE_CHECKING:
    from journal.models.accounts import User
    from journal.models.entries import Entry

# After a hard day nothing new is suggested for seven days: our own rule (docs/hazards.md).
RESTING_DAYS = 7
# A journal reads on at most once in four weeks, whoever of its parents does: our own rule too.
GO_ON_DAYS = 28

# Code names are trees: a counsellor can say one aloud, and it is nobody's family name as these are written.
TREES = [
    ("Akashia", "アカシア"), ("Ichii", "イチイ"), ("Enoki", "エノキ"), ("Kashiwa", "カシワ"), ("Katsura", "カツラ"),
    ("Keyaki", "ケヤキ"), ("Kunugi", "クヌギ"), ("Kobushi", "コブシ"), ("Sazanka", "サザンカ"), ("Shirakaba", "シラカバ"),
    ("Tsubaki", "ツバキ"), ("Tochi", "トチ"), ("Nanakamado", "ナナカマド"), ("Nanten", "ナンテン"), ("Nire", "ニレ"),
    ("Nezu", "ネズ"), ("Haze", "ハゼ"), ("Hinoki", "ヒノキ"), ("Buna", "ブナ"), ("Hoo", "ホオ"),
    ("Mizunara", "ミズナラ"), ("Mokuren", "モクレン"), ("Yuzu", "ユズ"), ("Yurinoki", "ユリノキ"),
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class JournalSettings(Document):
    """What a journal says about the family, sealed: the word for the person, the step last read, the resting week.

    ``went_on`` is the day a parent last took up the suggestion to read the next step.
    """

    v: int = 1
    relation: str = ""
    step: int = 0
    resting_until: str = ""
    went_on: str = ""


@dataclass(frozen=True, kw_only=True)
class MembershipNotes(Document):
    """What belongs to one parent alone, sealed: a resting week after an entry nobody else can read, and what they see.

    ``chosen`` is the suggestion taken up last ("" for "not now"); until ``quiet_until`` there is no other one.
    """

    v: int = 1
    resting_until: str = ""
    hides_picture: bool = False
    shows_came: bool = False
    no_suggestions: bool = False
    chosen: str = ""
    quiet_until: str = ""


class JournalQuerySet(models.QuerySet["Journal"]):
    """The two ways to a journal."""

    def of_member(self, user: Any) -> Self:
        """Journals this person writes in, the one used last first."""
        return self.filter(memberships__user=user).order_by("-memberships__used_at", "id")

    def ids_of(self, user: Any) -> models.QuerySet["Membership", Any]:
        """For a subquery: the journals this person writes in."""
        return Membership.objects.filter(user=user).values("journal")

    def of_counsellor(self, user: Any) -> Self:
        """Journals some of which this person may read as a counsellor, now."""
        from journal.models.sharing import Share

        return self.filter(pk__in=Share.objects.of_counsellor(user).values("journal"))


class Journal(SealedModel):
    """One journal about one person's family, with a key of its own."""

    LABEL = "journal"
    DOCUMENT = JournalSettings

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tree = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = JournalQuerySet.as_manager()

    def __str__(self) -> str:
        return f"journal {self.pk}"

    @property
    def key_journal(self) -> UUID:
        """A journal is sealed with its own key."""
        return self.pk

    @property
    def _journal_at_hand(self) -> "Journal":
        return self

    @cached_property
    def text_keys(self) -> dict[tuple[UUID, int], DataKey]:
        """The keys of what is written here, unwrapped once for the request that looked the journal up."""
        return JournalKey.objects.unwrapped({self.pk})

    def code_name(self, language: str) -> str:
        """The name counsellors see, in this language."""
        return TREES[self.tree % len(TREES)][language == "ja"]

    @classmethod
    @transaction.atomic
    def start(cls, owner: "User", relation: str = "", pk: UUID | None = None) -> "Journal":
        """Make a journal with its keys and its owner; the code name is one the owner's other journals do not have."""
        journal = cls(id=pk or uuid.uuid4())
        used = set(cls.objects.of_member(owner).values_list("tree", flat=True))
        free = [number for number in range(len(TREES)) if number not in used] or list(range(len(TREES)))
        journal.tree = free[journal.id.int % len(free)]
        key = DataKey(journal=journal.id, version=1, secret=vault().new_key())
        journal.seal(JournalSettings(relation=relation), key)
        journal.save(force_insert=True)
        JournalKey.objects.keep(key.journal, JournalKey.Purpose.TEXT, key.version, key.secret)
        JournalKey.objects.keep(key.journal, JournalKey.Purpose.LOG, 1, vault().new_key())
        journal.add_member(owner, Membership.Role.OWNER)
        return journal

    @classmethod
    def lock(cls, pk: UUID) -> None:
        """Let nobody else through here until the transaction ends: two of the same kind would not see each other."""
        cls.objects.select_for_update().get(pk=pk)

    def add_member(self, user: "User", role: str, **fields: Any) -> "Membership":
        """Let a person write here; whoever has left before and is back finds what they wrote again."""
        from journal.models.leaving import FormerMember

        FormerMember.objects.filter(journal=self, user=user).delete()
        membership = Membership(id=uuid.uuid4(), journal=self, user=user, role=role, **fields)
        membership.seal(MembershipNotes())
        membership.save()
        return membership

    @transaction.atomic
    def remember(self, **changes: Any) -> None:
        """Change some of the sealed settings; the others stay as they are now, not as they were when this row was read."""
        now = Journal.objects.select_for_update().get(pk=self.pk)
        self.seal(replace(now.document, **changes))
        self.save(update_fields=["sealed"])

    @transaction.atomic
    def go_on(self, step: int, today: date) -> bool:
        """Keep that a parent reads on to ``step``; False, and nothing is kept, where this journal went on within four weeks.

        Asked under the lock, so that two parents who choose it in the same moment go on once.
        """
        now = Journal.objects.select_for_update().get(pk=self.pk)
        last = now.document.went_on
        if last and (today - date.fromisoformat(last)).days < GO_ON_DAYS:
            return False
        now.remember(step=step, went_on=today.isoformat())
        return True


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who writes where."""

    def of_user(self, user: Any) -> Self:
        """This person's memberships, the journal used last first."""
        return self.filter(user=user).order_by("-used_at", "id").select_related("journal")

    def beside(self, user: Any, journal: Journal) -> Self:
        """The others who write in a journal of this person's."""
        return self.filter(journal=journal, journal__memberships__user=user).exclude(user=user).select_related("user")

    def with_member(self, membership: "Membership") -> Self:
        """The same for a membership that is at hand: it is the right to ask, and no join proves it again."""
        return self.filter(~models.Q(user=membership.user_id), journal=membership.journal_id).select_related("user")

    def of_keeper(self, user: Any) -> Self:
        """The others in the journals this person keeps: whom they may ask to keep it, or let write no longer."""
        kept = Membership.objects.filter(user=user, role=Membership.Role.OWNER)
        return self.filter(journal__in=kept.values("journal"), role=Membership.Role.MEMBER).select_related("user", "journal")

    def offered_to(self, user: Any) -> Self:
        """Where this person was asked to keep a journal they write in, and has not answered."""
        return self.of_user(user).filter(role=Membership.Role.MEMBER, offered_at__isnull=False)

    def reading(self, user: Any, at: str = "created_at") -> Self:
        """For a subquery: this person's membership in a row's journal, where what was written then is open to them."""
        open_then = models.Q(reads_from=None) | models.Q(reads_from__lte=models.OuterRef(at))
        return self.filter(open_then, user=user, journal=models.OuterRef("journal"))


class Membership(SealedModel):
    """A parent in a journal."""

    LABEL = "membership"
    DOCUMENT = MembershipNotes

    class Role(models.TextChoices):
        OWNER = "owner"
        MEMBER = "member"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role)
    joined_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(default=timezone.now)
    # What the others let each other read before this moment stays closed to this parent; null opens it all.
    reads_from = models.DateTimeField(null=True, blank=True)
    # When whoever keeps the journal asked this parent to keep it from now on.
    offered_at = models.DateTimeField(null=True, blank=True)
    # When this parent last looked at the list: what the others wrote since is new to them.
    seen_at = models.DateTimeField(default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "user"], name="one_membership_per_person"),
            models.UniqueConstraint(fields=["journal"], condition=models.Q(role="owner"), name="at_most_one_owner"),
        ]

    def __str__(self) -> str:
        return f"membership {self.pk}"

    @property
    def keeps(self) -> bool:
        """Whether this parent is the one who keeps the journal."""
        return self.role == Membership.Role.OWNER

    def since(self, at: str) -> models.Q:
        """The rule of ``MembershipQuerySet.reading`` for a parent whose row is at hand: a condition without a subquery."""
        return models.Q(**{f"{at}__gte": self.reads_from}) if self.reads_from else models.Q()

    def reads(self, entry: Any) -> bool:
        """Whether an entry of the family is open to this parent; the rule is the queryset's."""
        opened = entry.family_at
        return self.reads_from is None or self.user_id == entry.author_id or bool(opened and self.reads_from <= opened)

    def use(self) -> None:
        """Make this the journal used last: the one ``notes/`` opens."""
        self.used_at = timezone.now()
        self.save(update_fields=["used_at"])

    def look(self) -> None:
        """Remember that this parent has looked at the list just now."""
        self.seen_at = timezone.now()
        self.save(update_fields=["seen_at"])

    def resting_until(self, today: date) -> date | None:
        """The last day on which this parent's steps rest, or None. Their own hard day counts, and the family's."""
        # Both with one query for their key, where neither is open yet.
        open_rows([row for row in (self, self.journal) if "_document" not in row.__dict__], self.journal)
        # What cannot be opened pauses nothing, and keeps nobody from writing.
        mine = "" if self.unreadable else self.document.resting_until
        ours = "" if self.journal.unreadable else self.journal.document.resting_until
        ends = [date.fromisoformat(end) for end in (mine, ours) if end]
        if ours and self.reads_from and date.fromisoformat(ours) - timedelta(days=RESTING_DAYS) < self.reads_from.date():
            ends.pop()  # a hard day from before they came is closed to them: no pause shows that there was one
        last = max(ends, default=None)
        return last if last and last >= today else None

    def rest(self, today: date, for_all: bool) -> None:
        """Let the steps rest for a week, for every parent of the journal or for this one alone.

        An entry only its author can read must not show through to the other parent. A row that cannot be opened is left
        as it is: the entry is saved all the same.
        """
        until = (today + timedelta(days=RESTING_DAYS)).isoformat()
        # An earlier day never shortens a week that stands: ISO days are ordered as their letters are.
        if for_all and not self.journal.unreadable:
            self.journal.remember(resting_until=max(until, self.journal.document.resting_until))
        elif not self.unreadable:
            self._rest_alone_until(max(until, self.document.resting_until))

    def rest_after(self, entry: "Entry", today: date) -> None:
        """Whoever can read a hard day of the last week now rests until seven days after it."""
        if not entry.unreadable and entry.document.is_hard and entry.day + timedelta(days=RESTING_DAYS) >= today:
            self.rest(entry.day, for_all=entry.audience == entry.Audience.FAMILY)

    def keep_rest(self, today: date) -> None:
        """A hard entry was kept to oneself: this parent's week goes on, and no pause shows the other parent why."""
        until = self.resting_until(today)
        self.lift_rest(today)
        if until:
            self._rest_alone_until(until.isoformat())

    def lift_rest(self, today: date) -> None:
        """After a hard entry was taken back: the week ends, unless another hard day of the last seven still asks for it."""
        from journal.models.entries import Entry
        from journal.models.visits import VisitPlan

        since = today - timedelta(days=RESTING_DAYS)
        # One that was written down in these days counts too, whichever day it tells of: it began its rest then. So does
        # what this parent may not read because it is older than their coming: it still asks the others for rest.
        lately = models.Q(day__gte=since) | models.Q(created_at__gte=timezone.now() - timedelta(days=RESTING_DAYS))
        recent = Entry.objects.alive().filter(lately, journal=self.journal)
        recent = recent.filter(models.Q(author=self.user) | models.Q(audience=Entry.Audience.FAMILY))
        hard = [entry for entry in recent.opened(self.journal) if not entry.unreadable and entry.document.is_hard]
        shared = any(entry.audience == Entry.Audience.FAMILY for entry in hard)
        if not self.journal.unreadable and not shared and not VisitPlan.objects.ask_for_rest(self.journal, since):
            self.journal.remember(resting_until="")
        if not any(entry.author_id == self.user_id for entry in hard):
            self._rest_alone_until("")

    def held_back(self, today: date) -> bool:
        """Whether something another parent keeps to themself asks for waiting. Yes or no, and no page shows that it was this.

        A hard day, a visit of the last week, or an entry that cannot be opened: what this parent may not read still
        keeps them from being told to go on.
        """
        from journal import rhythm
        from journal.models.entries import Entry

        closed = models.Q(audience=Entry.Audience.AUTHOR)
        if self.reads_from:
            closed |= models.Q(family_at__lt=self.reads_from)
        theirs = Entry.objects.alive().filter(closed, journal=self.journal_id)
        theirs = theirs.filter(day__gt=today - timedelta(days=rhythm.WINDOW_DAYS)).exclude(author=self.user_id)
        return any(
            rhythm.asks_for_waiting(entry.day, None if entry.unreadable else entry.document, today)
            for entry in theirs.order_by("-day")[: rhythm.MOST_ENTRIES].opened(self.journal)
        )

    @transaction.atomic
    def remember(self, **changes: Any) -> None:
        """Change some of what is this parent's alone; the rest stays as it is now, not as it was when this row was read."""
        now = Membership.objects.select_for_update(of=("self",)).get(pk=self.pk)
        self.seal(replace(now.document, **changes))
        self.save(update_fields=["sealed"])

    @transaction.atomic
    def put_back(self, entry: "Entry", today: date) -> None:
        """Take an entry of this parent's out of the bin; a hard day of the last week asks for its rest again."""
        entry.put_back()
        self.rest_after(entry, today)

    def _rest_alone_until(self, until: str) -> None:
        if not self.unreadable:
            self.remember(resting_until=until)

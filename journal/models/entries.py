"""Entries: what a parent did, and who may read it. The access rules of every entry are the scopes below."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from journal.models.accounts import zone_named
from journal.models.bin import BIN_DAYS, BinnedModel, Conflict
from journal.models.journals import Journal, Membership
from journal.models.notices import Outbox
from journal.models.sealed import Document, Keys, SealedQuerySet, open_document
from journal.vault import Unreadable

# Until four in the morning an evening still belongs to the day before.
DAY_BEGINS = timedelta(hours=4)
LONGEST_TEXT = 20_000
NEWEST_FIRST = ("-day", "-happened_at", "-id")
# How far back an entry may lie: a parent's whole adult life with a child, and nothing a slip of the finger makes.
EARLIEST = timedelta(days=60 * 366)


class Kind(models.TextChoices):
    """What the parent did."""

    GREET = "greet", _("Said hello or good night")
    FOOD = "food", _("Made tea or a meal")
    NOTE = "note", _("Left a note or sent a message")
    CHAT = "chat", _("Talked about small things")
    LISTEN = "listen", _("Listened")
    ASK = "ask", _("Invited, or asked a favour")
    REST = "rest", _("Rested, or left them in peace")
    HARD = "hard", _("It was hard today")
    PEACE = "peace", _("Left them in peace")
    OWN = "own", _("Went to my appointment or group")
    MONEY = "money", _("Talked about money or plans")
    HELP = "help", _("Invited them to get help")


QUICK = [Kind.GREET, Kind.FOOD, Kind.NOTE, Kind.CHAT, Kind.LISTEN, Kind.ASK, Kind.REST, Kind.HARD]
MORE = [Kind.PEACE, Kind.OWN, Kind.MONEY, Kind.HELP]
# The step of the guidance each kind belongs to.
STEP_OF = {
    Kind.GREET: 3, Kind.FOOD: 2, Kind.NOTE: 4, Kind.CHAT: 4, Kind.LISTEN: 6, Kind.ASK: 5,
    Kind.PEACE: 2, Kind.OWN: 1, Kind.MONEY: 7, Kind.HELP: 8,
}  # fmt: skip
# Whether somebody ate, or let a parent rest, is not an answer to anything: these kinds ask for no response.
WITHOUT_RESPONSE = {Kind.FOOD, Kind.REST, Kind.PEACE, Kind.OWN, Kind.HARD}


class Response(models.TextChoices):
    """What came back."""

    NONE = "none", _("Nothing this time")
    SIGN = "sign", _("A small sign (a nod, a wave)")
    WORDS = "words", _("A few words")
    TALK = "talk", _("We talked")
    CAME = "came", _("They came to me")
    UPSET = "upset", _("They were upset")


CAME_BACK = {Response.SIGN, Response.WORDS, Response.TALK, Response.CAME}


class Strain(models.TextChoices):
    """How the parent was: a word, never drawn and never counted."""

    CALM = "calm", _("Calm")
    TENSE = "tense", _("A little tense")
    TIRED = "tired", _("Tired")
    AFRAID = "afraid", _("Afraid")
    UNSURE = "unsure", _("Not sure")


class Hard(models.TextChoices):
    """The answers to "Was anyone afraid or hurt?"."""

    NO = "no", _("No one")
    AFRAID = "afraid", _("Someone was afraid")
    HURT = "hurt", _("Someone was hurt, or things were broken")
    DYING = "dying", _("Someone spoke of dying, or hurt themselves")
    SKIP = "skip", _("I would rather not say now")


@dataclass(frozen=True, kw_only=True)
class EntryContent(Document):
    """Everything an entry says, sealed: the codes too."""

    v: int = 1
    kind: str
    response: str = ""
    hard: str = ""
    strain: str = ""
    words: str = ""
    noticed: str = ""
    next: str = ""
    step: int = 0
    # What was brought in from a copy: another author's name, and the answers, to read only.
    written_by: str = ""
    quotes: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_hard(self) -> bool:
        """Whether this was a hard day: said so, or they were upset, or somebody was in danger."""
        return self.kind == Kind.HARD or self.response == Response.UPSET or self.hard in {Hard.AFRAID, Hard.HURT, Hard.DYING}

    @property
    def came_back(self) -> bool:
        """Whether something came back."""
        return self.response in CAME_BACK


class Recent(NamedTuple):
    """One entry as a page looks back at it; ``content`` is None where it cannot be opened."""

    day: date
    author_id: int
    content: EntryContent | None


class EntryQuerySet(SealedQuerySet):
    """Who may read an entry, and who may change it: said here and nowhere else."""

    def alive(self) -> Self:
        """Entries that are not in the bin."""
        return self.filter(deleted_at=None)

    def visible_to(self, user: Any) -> Self:
        """What this person may read now: their own, their family's, and what was chosen for them as a counsellor."""
        from journal.models.shared_entries import SharedEntry

        # Asked row by row: a page reads some dozen rows, and everything a counsellor may read can be a hundred thousand.
        chosen = models.Exists(SharedEntry.objects.readable_by(user).filter(entry=models.OuterRef("pk")))
        return self.alive().filter(self._of_parent(user) | models.Q(chosen, audience=Entry.Audience.FAMILY))

    def _of_parent(self, user: Any) -> models.Q:
        """What a parent reads in all their journals: their own, and what the others let each other read meanwhile."""
        since = models.Q(models.Exists(Membership.objects.reading(user, "family_at")))
        mine = models.Q(author=user) | (since & models.Q(audience=Entry.Audience.FAMILY))
        return models.Q(journal__in=Journal.objects.ids_of(user)) & mine

    def of_family(self, user: Any, journal: Journal) -> Self:
        """What a parent may read in one of their journals, newest first."""
        return self.alive().filter(self._of_parent(user), journal=journal)._newest_first()

    def for_member(self, membership: Membership) -> Self:
        """The same for a membership that is at hand: a page asks several times, and its subqueries would be most of the cost.

        Who wrote is most often somebody the page knows; whoever it does not is fetched once for all rows.
        """
        rows = self.filter(Entry.read_by(membership), journal=membership.journal_id)
        return rows.order_by(*NEWEST_FIRST).fetch_mode(models.FETCH_PEERS)

    def _newest_first(self) -> Self:
        return self.order_by(*NEWEST_FIRST).select_related("author")

    def through(self, share: Any, *, reviewed: bool | None = None) -> Self:
        """What one share that its reader has looked up opens; or only what they have reviewed, or have not."""
        state = {} if reviewed is None else {"shared__reviewed_at__isnull": not reviewed}
        # One condition: it speaks of the same row, this share's and not another's of the same entry.
        rows = self.filter(deleted_at=None, audience=Entry.Audience.FAMILY, shared__share=share, **state)
        return rows.select_related("author")

    def with_reading(self) -> Self:
        """These of ``through`` with when each was read through that share: what is read already is not marked again."""
        return self.annotate(read_at=models.F("shared__read_at"))

    def left_by(self, user: Any, journal: Journal) -> Self:
        """What somebody wrote in a journal they have left lately, oldest first: for the copy they may still take out."""
        from journal.models.leaving import FormerMember

        left = FormerMember.objects.of_user(user).filter(journal=journal).order_by()
        rows = self.alive().filter(author=user, journal__in=left.values("journal"))
        return rows.order_by("day", "happened_at", "id").select_related("author")

    def editable_by(self, user: Any) -> Self:
        """What this person may change: their own, in a journal they still write in."""
        return self.alive().filter(author=user, journal__in=Journal.objects.ids_of(user))

    def behind(self, author: Any, journal: Journal, since: date, *, share: Any = None) -> Self:
        """What this parent wrote since a day that a share's counsellor cannot read yet; all of it, where none has begun."""
        from journal.models.shared_entries import SharedEntry

        rows = self.editable_by(author).filter(journal=journal, day__gte=since)
        return rows.exclude(pk__in=SharedEntry.objects.filter(share=share).values("entry")) if share else rows

    def opens_behind(self, author: Any, journal: Journal, *, private: bool) -> Self:
        """Of these, what a share opens in bulk: what is kept to oneself stays so.

        ``private`` takes that too, and holds only for who writes alone: there nothing was ever kept from another parent.
        """
        if private and not Membership.objects.beside(author, journal).exists():
            return self.all()
        return self.filter(audience=Entry.Audience.FAMILY)

    def in_bin_of(self, user: Any) -> Self:
        """What this person put in the bin and can still put back."""
        since = timezone.now() - timedelta(days=BIN_DAYS)
        mine = self.filter(author=user, journal__in=Journal.objects.ids_of(user))
        return mine.filter(deleted_at__gt=since).order_by("-deleted_at", "-id")

    def new_to(self, membership: Membership) -> Self:
        """What the others who write here let this parent read since they last looked at the list: part of ``for_member``."""
        opened = membership.since("family_at") & models.Q(audience=Entry.Audience.FAMILY, family_at__gt=membership.seen_at)
        rows = self.filter(opened, ~models.Q(author=membership.user_id), deleted_at=None, journal=membership.journal_id)
        return rows.order_by(*NEWEST_FIRST).fetch_mode(models.FETCH_PEERS)

    def out_of_bin(self, now: datetime) -> Self:
        """What nobody can put back any more, for the job that erases it. It is shown nowhere, whether that ran or not."""
        return self.filter(deleted_at__lte=now - timedelta(days=BIN_DAYS))

    def contents(self, journal: Journal, most: int) -> Iterator[tuple[UUID, date, EntryContent | None]]:
        """Ids, days and opened documents in the order of the rows, without a model for each; None where one cannot be opened."""
        keys = journal.text_keys
        for pk, day, sealed in self.values_list("pk", "day", "sealed")[:most].iterator(chunk_size=250):
            yield pk, day, content_of(keys, journal.pk, pk, sealed)

    def lately(self, journal: Journal, since: date, most: int) -> list[Recent]:
        """The same with who wrote, from a day on: what several parts of a page look at is read and opened once."""
        rows = self.filter(day__gte=since).values_list("pk", "day", "author", "sealed")[:most]
        keys = journal.text_keys
        return [Recent(day, author, content_of(keys, journal.pk, pk, sealed)) for pk, day, author, sealed in rows]

    def before(self, day: date, happened_at: datetime, pk: UUID) -> Self:
        """The page after this row, by key: a list costs the same for ten rows and for a hundred thousand."""
        return self.filter(
            models.Q(day__lt=day)
            | models.Q(day=day, happened_at__lt=happened_at)
            | models.Q(day=day, happened_at=happened_at, pk__lt=pk)
        )

    # In the transaction of the form that calls it where there is one: what it raises ends that too.
    @transaction.atomic(savepoint=False)
    def write(
        self,
        *,
        membership: Membership,
        submission: UUID,
        content: EntryContent,
        happened_at: datetime,
        audience: str | None = None,
    ) -> tuple["Entry", bool]:
        """Save a new entry once; return it and whether it is new.

        A second arrival of the same submission (a double tap, a retry after a lost answer) returns the first entry.
        It raises Conflict when its words differ from what was saved.
        """
        from journal.models.shared_entries import SharedEntry
        from journal.models.sharing import Share

        journal, author = membership.journal, membership.user
        # Locked, so that a parent who closes a share in this moment closes this entry too.
        taking = Share.objects.taking_new_entries(journal, author).select_related("counsellor__user")
        shares = list(taking.select_for_update(of=("self",)))
        entry = Entry(
            id=uuid.uuid4(),
            journal=journal,
            author=author,
            submission=submission,
            happened_at=happened_at,
            day=day_of(happened_at, author.zone),
            zone=author.zone.key,
            audience=audience or (Entry.Audience.FAMILY if shares else Entry.Audience.AUTHOR),
        )
        entry.family_at = entry.created_at if entry.audience == Entry.Audience.FAMILY else None
        entry.seal(content)
        try:
            with transaction.atomic():
                entry.save(force_insert=True)
        except IntegrityError:
            first = self.get(journal=journal, author=author, submission=submission)
            if first.unreadable or not first.says(content):
                raise Conflict(first) from None
            return first, False
        if entry.audience == Entry.Audience.FAMILY:
            SharedEntry.objects.bulk_create([SharedEntry(share=share, entry=entry, journal=journal) for share in shares])
            Outbox.objects.tell_readers(shares)
        return entry, True


class Entry(BinnedModel):
    """One thing a parent did. Clear are only ids, times, audience and version; the rest is sealed."""

    LABEL = "entry"
    DOCUMENT = EntryContent

    class Audience(models.TextChoices):
        AUTHOR = "author"
        FAMILY = "family"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="entries")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="entries")
    happened_at = models.DateTimeField()
    # The day and zone as the parent chose them: never worked out again later.
    day = models.DateField()
    zone = models.CharField(max_length=64)
    audience = models.CharField(max_length=6, choices=Audience, default=Audience.AUTHOR)
    submission = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)
    # Since when the others who write here can read it: what is new to them.
    family_at = models.DateTimeField(null=True, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "author", "submission"], name="one_entry_per_submission"),
            models.CheckConstraint(condition=models.Q(audience__in=["author", "family"]), name="known_audience"),
        ]
        indexes = [
            models.Index(
                fields=["journal", "-day", "-happened_at", "-id"], condition=models.Q(deleted_at=None), name="entry_timeline"
            ),
            models.Index(fields=["journal", "family_at"], condition=models.Q(deleted_at=None), name="entry_news"),
            models.Index(fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="entry_bin"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"

    @staticmethod
    def read_by(membership: Membership, entry: str = "") -> models.Q:
        """What this parent reads of their journal: the rule of ``for_member``, as a condition on its row.

        ``entry`` is the way to the entry from another row, such as ``entry__``.
        """
        own = models.Q(**{f"{entry}author": membership.user_id})
        opened = membership.since(f"{entry}family_at") & models.Q(**{f"{entry}audience": Entry.Audience.FAMILY})
        return models.Q(own | opened, **{f"{entry}deleted_at": None})

    @property
    def local(self) -> datetime:
        """When it happened, in the zone the parent was in."""
        return self.happened_at.astimezone(zone_named(self.zone))

    @property
    def bin_until(self) -> date:
        """The day after which an entry in the bin is gone, in the zone it was written in."""
        return ((self.deleted_at or timezone.now()) + timedelta(days=BIN_DAYS)).astimezone(zone_named(self.zone)).date()

    def says(self, content: EntryContent) -> bool:
        """Whether ``content``, sent once more, says nothing new. What was added to the entry meanwhile is no difference."""
        if self.version == 1:
            return bool(self.document == content)
        return content.words in {"", self.document.words}

    @transaction.atomic
    def rewrite(self, version: int, content: EntryContent, happened_at: datetime | None = None) -> None:
        """Replace the content if nobody else did since ``version``; raise Conflict otherwise, changing nothing.

        ``happened_at`` says another day, in the zone it is given in.
        """
        # Who wrote it and what was answered came with it: no change of the words touches them.
        content = replace(content, written_by=self.document.written_by, quotes=self.document.quotes)
        moved: dict[str, Any] = {}
        if happened_at is not None:
            zone = happened_at.tzinfo
            assert isinstance(zone, ZoneInfo)
            moved = {"happened_at": happened_at, "day": day_of(happened_at, zone), "zone": zone.key}
        self.reseal(version, content, **moved)

    @transaction.atomic
    def let_read(self, audience: str, shares: Iterable[Any] = ()) -> None:
        """Set who can read this entry: its author, those who write here, and the counsellors chosen among ``shares``.

        It counts as a change: a form made before it is out of date, and may not open again what was closed.
        """
        from journal.models.shared_entries import SharedEntry

        shares = list(shares) if audience == Entry.Audience.FAMILY else []
        family_at = (self.family_at or timezone.now()) if audience == Entry.Audience.FAMILY else None
        Entry.objects.filter(pk=self.pk).update(audience=audience, family_at=family_at, version=models.F("version") + 1)
        self.refresh_from_db(fields=["audience", "family_at", "version"])
        SharedEntry.objects.filter(entry=self).exclude(share__in=shares).delete()
        SharedEntry.objects.bulk_create(
            [SharedEntry(share=share, entry=self, journal_id=self.journal_id) for share in shares], ignore_conflicts=True
        )
        Outbox.objects.tell_readers(shares)

    @transaction.atomic
    def erase(self) -> None:
        """Erase it for good; the ledger keeps a restored backup from bringing it back."""
        from journal.models.drafts import Draft
        from journal.models.log import Erased

        Draft.objects.drop(user=self.author_id, form=Draft.Form.EDIT, target=self.pk)
        Erased.objects.get_or_create(kind="entry", row_id=str(self.pk))
        self.delete()


def content_of(keys: Keys, journal: UUID, pk: UUID, sealed: Any) -> EntryContent | None:
    """Open what an entry says without a model for it; None where it cannot be opened."""
    try:
        content: EntryContent = open_document(Entry, keys, journal, pk, bytes(sealed))
    except Unreadable:
        return None
    return content


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day an hour belongs to, for a parent in ``zone``: until four in the morning, the day before."""
    return (moment.astimezone(zone).replace(tzinfo=None) - DAY_BEGINS).date()

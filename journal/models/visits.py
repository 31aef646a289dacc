"""Visit plans: who may come to the house, and the two conditions without which nobody does.

Kazuhiko Saito's two conditions (the visitor is fully briefed, the person knows beforehand) and our own third word, that
the person has said yes, stand in three places: the forms, the methods below, and a constraint of the database.
"""

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from journal.models.bin import Conflict
from journal.models.journals import Journal
from journal.models.notices import Notice
from journal.models.sealed import SealedModel, SealedQuerySet
from journal.models.sharing import Share
from journal.models.visit_content import FOLLOW_DAYS, Answer, VisitContent
from journal.vault import fingerprint

# The visitor needs the sheet until the visit, and that it was called off; nothing of it afterwards.
SHEET_CLOSES = timedelta(days=1)

# What no longer holds when who, when or what for has changed: both conditions are asked again.
UNTOLD: dict[str, Any] = {"told_how": "", "off_way": "", "no_why": False, "answer": "", "by_link": False}
UNBRIEFED: dict[str, Any] = {"sheet_to": "", "confirmed_how": ""}
NO_LINK: dict[str, Any] = {"token_hash": None, "token_expires_at": None}


class PlanChanged(Conflict):
    """The plan was changed since the page was made, or is over."""


class NotReady(Exception):
    """One of the two conditions is missing: nobody comes."""


class VisitPlanQuerySet(SealedQuerySet):
    """Who may see a plan: the parents of its journal, the visitor its sheet was given to, and whoever holds its link."""

    def editable_by(self, user: Any) -> Self:
        """The plans of the journals this person writes in. Both parents plan one visit: there is no plan of one's own."""
        return self.filter(journal__in=Journal.objects.ids_of(user))

    def of_family(self, user: Any, journal: Journal) -> Self:
        """The plans of one of this parent's journals, newest first."""
        return self.editable_by(user).filter(journal=journal).order_by("-created_at", "-id")

    def of_visitor(self, user: Any, journal: UUID | None = None) -> Self:
        """The plans whose sheet was given to this counsellor, in one journal or in all, and only while the family lets them read.

        Who the visitor is stands in the sealed document: the plans of the families this person reads are opened here.
        """
        return self.filter(pk__in=[plan.pk for plan in self._opened_for(user, journal)])

    def unconfirmed_in(self, user: Any, shares: Iterable[Share]) -> Self:
        """The plans of these shares' families whose sheet may wait for this counsellor; opened, ``waiting`` says where."""
        journals = {share.journal_id for share in shares if share.opens_by_name(user)}
        return self.filter(journal__in=journals, state__in=VisitPlan.OPEN, briefing_confirmed_at=None)

    def given_through(self, user: Any, share: Share) -> list["VisitPlan"]:
        """The plans whose sheet was given through one share its reader has looked up."""
        if not share.opens_by_name(user):
            return []
        plans = self.filter(journal=share.journal_id).exclude(state=VisitPlan.State.DONE).opened(share.journal)
        return [plan for plan in plans if plan.is_visible_through({str(share.pk): share.journal_id})]

    def _opened_for(self, user: Any, journal: UUID | None = None) -> list["VisitPlan"]:
        shares = Share.objects.named(user).opening()
        if journal:
            shares = shares.filter(journal=journal)
        journals = {str(pk): journal for pk, journal in shares.values_list("pk", "journal_id")}
        plans = self.filter(journal__in=set(journals.values())).exclude(state=VisitPlan.State.DONE).opened()
        return [plan for plan in plans if plan.is_visible_through(journals)]

    def by_link(self, token: str) -> "VisitPlan | None":
        """The plan this link belongs to, while its answer still counts; None for every other token."""
        plans = self.filter(token_hash=fingerprint(token), token_expires_at__gt=timezone.now())
        plan: VisitPlan | None = plans.exclude(state=VisitPlan.State.DONE).first()
        return None if plan is None or plan.unreadable else plan

    def ask_for_rest(self, journal: Journal, since: date) -> bool:
        """Whether somebody was afraid or hurt on one of the days after a visit, since this day."""
        plans = self.filter(journal=journal, state=VisitPlan.State.DONE).opened()
        return any(not plan.unreadable and plan.document.grave_since(since) for plan in plans)

    def close_sheets(self, share: Share) -> None:
        """The family no longer lets this counsellor read: the sheets given to them are closed, for good."""
        for plan in self.filter(journal=share.journal_id).opened():
            if not plan.unreadable and plan.document.sheet_to == str(share.pk):
                plan.take_back_sheet()

    @transaction.atomic
    def plan(self, *, journal: Journal, submission: UUID, content: VisitContent) -> tuple["VisitPlan", bool]:
        """Begin a plan once; return it and whether it is new. The same form sent twice finds the first one's."""
        plan = VisitPlan(id=uuid.uuid4(), journal=journal, submission=submission)
        plan.seal(content)
        try:
            with transaction.atomic():
                plan.save(force_insert=True)
        except IntegrityError:
            return self.get(journal=journal, submission=submission), False
        return plan, True


class VisitPlan(SealedModel):
    """A visit that is planned. Clear are only that there is one, how far it is, and the times of the conditions."""

    LABEL = "visit"
    DOCUMENT = VisitContent

    class State(models.TextChoices):
        DRAFT = "draft"
        READY = "ready"
        OFF = "off"
        DONE = "done"

    OPEN = (State.DRAFT, State.READY)
    # The tasks whose words are kept while they are typed, as their addresses name them.
    TASKS = ("who", "sheet", "briefing", "told")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="visits")
    state = models.CharField(max_length=5, choices=State, default=State.DRAFT)
    briefing_confirmed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    token_expires_at = models.DateTimeField(null=True, blank=True)
    submission = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    objects = VisitPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "submission"], name="one_plan_per_submission"),
            models.CheckConstraint(condition=models.Q(state__in=["draft", "ready", "off", "done"]), name="known_visit_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "off"])
                | models.Q(
                    briefing_confirmed_at__isnull=False,
                    told_at__isnull=False,
                    agreed_at__isnull=False,
                    agreed_at__gte=models.F("told_at"),
                ),
                name="no_visit_without_both_conditions",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_at=None) | models.Q(told_at__isnull=False, agreed_at__gte=models.F("told_at")),
                name="nobody_agrees_before_being_told",
            ),
        ]
        indexes = [models.Index(fields=["journal", "-created_at", "-id"], name="visit_newest")]

    def __str__(self) -> str:
        return f"visit {self.pk}"

    # ---- how far it is

    @property
    def is_open(self) -> bool:
        """Whether it may still be prepared or take place."""
        return self.state in self.OPEN

    @property
    def conditions_met(self) -> bool:
        """Whether the visitor has confirmed, and the person was told and then said yes."""
        told, agreed = self.told_at, self.agreed_at
        if self.briefing_confirmed_at is None or told is None or agreed is None:
            return False
        return agreed >= told and bool(self.document.answer == Answer.YES)

    @staticmethod
    def waiting(plans: Iterable["VisitPlan"], user: Any, shares: Iterable[Share]) -> set[UUID]:
        """The shares through which one of these sheets, opened, waits for this counsellor to confirm it."""
        journals = {str(share.pk): share.journal_id for share in shares if share.opens_by_name(user)}
        return {UUID(plan.document.sheet_to) for plan in plans if plan.is_visible_through(journals)}

    def is_visible_through(self, journals: dict[str, UUID]) -> bool:
        """Whether the sheet was given to one of these shares of this journal, and the visit is not long past."""
        if self.unreadable or journals.get(self.document.sheet_to) != self.journal_id:
            return False
        return timezone.now() < self.document.start + SHEET_CLOSES

    @property
    def was_called_off(self) -> bool:
        """Whether a parent ended it: then the link is gone too, and no answer brings it back."""
        return self.state == self.State.OFF and self.token_hash is None

    @property
    def has_begun(self) -> bool:
        """Whether the moment of the visit is past."""
        return timezone.now() >= self.document.start

    def days_since(self, today: date) -> int:
        """How many days after the visit it is, by the clock of the house; 0 on the day itself."""
        return (today - date.fromisoformat(self.document.day)).days

    def after_day(self, today: date) -> int:
        """Which of the three days after the visit waits for an answer, or 0."""
        number = self.days_since(today)
        asked = self.state == self.State.DONE and 1 <= number <= FOLLOW_DAYS and not self.document.after[number - 1]
        return number if asked else 0

    def is_closed(self, today: date) -> bool:
        """Whether nothing more is asked: the three days are over, or the last one is answered."""
        late = self.days_since(today) > FOLLOW_DAYS or bool(self.document.after[-1])
        return self.state == self.State.DONE and late

    # ---- preparing it

    @transaction.atomic
    def describe(self, version: int, **said: Any) -> bool:
        """Set who comes, when, what for, and the days after; return whether both conditions have to be asked again."""
        self._lock(version)
        asked = ("visitor", "share", "day", "at", "zone", "length", "purpose")
        if all(getattr(self.document, name) == said[name] for name in asked):
            self._keep(said)
            return False
        begun = bool(self.briefing_confirmed_at or self.told_at or self.document.sheet_to)
        columns = {"state": self.State.DRAFT, "briefing_confirmed_at": None, "told_at": None, "agreed_at": None}
        self._keep(said | UNTOLD | UNBRIEFED, **columns, **NO_LINK)
        return begun

    @transaction.atomic
    def write_sheet(self, version: int, sheet: str, show_sheet: bool) -> bool:
        """Set what the visitor is told; return whether it has to be confirmed, or the person asked, once more.

        Who read an earlier sheet has not read this one. Who said yes to a page that showed it has not seen this one.
        """
        self._lock(version)
        old = self.document
        rewritten = sheet != old.sheet
        shown_anew = (rewritten or not old.show_sheet) and (show_sheet or (rewritten and old.show_sheet))
        said: dict[str, Any] = {"sheet": sheet, "show_sheet": show_sheet}
        columns: dict[str, Any] = {}
        asks = False
        if rewritten:
            asks = bool(self.briefing_confirmed_at or old.sheet_to)
            said |= UNBRIEFED
            columns |= {"briefing_confirmed_at": None, "state": self.State.DRAFT}
        if shown_anew and old.answer == Answer.YES:
            asks = True
            said |= {"answer": "", "by_link": False}
            columns |= {"agreed_at": None, "state": self.State.DRAFT}
        self._keep(said, **columns)
        return asks

    @transaction.atomic
    def give_sheet(self, version: int) -> None:
        """Let the visitor read the sheet on the site, where they are a counsellor this journal is shared with."""
        self._lock(version)
        if not (self.document.sheet and self.document.share):
            raise NotReady
        self._keep({"sheet_to": self.document.share})

    @transaction.atomic
    def take_back_sheet(self) -> None:
        """Close the sheet to its reader. What they confirmed before stays confirmed: they have read it."""
        self._lock(over=True)
        self._keep({"sheet_to": ""})

    @transaction.atomic
    def confirm_briefing(self, version: int, at: datetime, how: str = "") -> None:
        """The visitor has read the sheet and says so: here, or on paper, and then the parent notes how."""
        self._lock(version)
        if not self.document.sheet:
            raise NotReady
        self._keep({"confirmed_how": how}, briefing_confirmed_at=at)

    @transaction.atomic
    def tell(self, version: int, *, how: str, at: datetime, off_way: str, no_why: bool) -> None:
        """The person has been told who, when and why, and how to call it off. What they said before is asked again."""
        self._lock(version)
        said = {"told_how": how, "off_way": off_way, "no_why": no_why, "answer": "", "by_link": False}
        self._keep(said, told_at=at, agreed_at=None, state=self.State.DRAFT)

    @transaction.atomic
    def make_link(self, version: int) -> str:
        """Make the link by which the person can answer; it holds until the visit, and replaces an earlier one."""
        self._lock(version)
        if self.told_at is None or self.has_begun:
            raise NotReady
        token = secrets.token_urlsafe(32)
        self._keep(token_hash=fingerprint(token), token_expires_at=self.document.start)
        return token

    # ---- the answer

    @transaction.atomic
    def answer_at_home(self, version: int, answer: str, at: datetime) -> None:
        """Note what the person said to a parent. A no, or silence, ends the plan and its link in one update."""
        if answer != Answer.YES:
            self._lock()
            self._refuse(answer, by_link=False)
            return
        self._lock(version)
        own_word = self.document.by_link and self.document.answer != Answer.YES
        if own_word or self.told_at is None or at < self.told_at:
            raise NotReady  # nobody else turns their own no into a yes, and nobody agrees before being told
        self._keep({"answer": answer, "by_link": False}, agreed_at=at)

    @transaction.atomic
    def answer_by_link(self, version: int, answer: str) -> None:
        """The person's own answer. A yes counts only where nothing was changed since their page was made.

        Every other answer counts at once, whatever happened meanwhile: of two that race, the no stands.
        """
        if answer != Answer.YES:
            self._lock(over=True)
            if self.state == self.State.DONE:
                raise PlanChanged(self)
            self._refuse(answer, by_link=True)
            Notice.objects.tell_parents([self.journal_id], Notice.Kind.VISIT)
            return
        self._lock(version, over=True)
        if self.told_at is None or self.was_called_off or self.state == self.State.DONE:
            raise PlanChanged(self)
        state = self.State.DRAFT if self.state == self.State.OFF else self.state
        self._keep({"answer": answer, "by_link": True}, state=state, agreed_at=timezone.now())
        Notice.objects.tell_parents([self.journal_id], Notice.Kind.VISIT)

    def _refuse(self, answer: str, *, by_link: bool) -> None:
        # State and time leave together, in one update: there is no moment at which a no is still "ready".
        off = answer in {Answer.NO, Answer.NONE} or self.was_called_off
        link = {} if by_link or not off else NO_LINK
        said = {"answer": answer, "by_link": by_link}
        self._keep(said, state=self.State.OFF if off else self.State.DRAFT, agreed_at=None, **link)

    # ---- ready, off, done

    @transaction.atomic
    def mark_ready(self, version: int) -> None:
        """Both conditions hold, and the visit lies ahead; raise NotReady otherwise, changing nothing."""
        self._lock(version)
        if not self.conditions_met or self.has_begun:
            raise NotReady
        self._keep(state=self.State.READY)

    @transaction.atomic
    def call_off(self) -> None:
        """A parent calls it off: at once, whatever was changed meanwhile, and the link says nothing any more."""
        self._lock(over=True)
        self._keep(state=self.State.OFF, agreed_at=None, **NO_LINK)

    @transaction.atomic
    def mark_done(self, version: int) -> None:
        """The visit took place; only one that was ready can have."""
        self._lock(version)
        if self.state != self.State.READY or not self.has_begun:
            raise NotReady
        self._keep(state=self.State.DONE, **NO_LINK)

    @transaction.atomic
    def follow_up(self, number: int, answer: str) -> None:
        """Keep how things were at home on one of the three days after."""
        self._lock(over=True)
        after = [*self.document.after]
        after[number - 1] = answer
        self._keep({"after": after})

    @transaction.atomic
    def erase(self) -> None:
        """Erase a plan for good; the ledger keeps a restored backup from bringing it back."""
        from journal.models.drafts import Draft
        from journal.models.log import Erased

        places = [self.draft_place(task) for task in self.TASKS]
        Draft.objects.filter(form=Draft.Form.VISIT, target__in=places).delete()
        Erased.objects.get_or_create(kind="visit", row_id=str(self.pk))
        self.delete()

    def draft_place(self, task: str) -> uuid.UUID:
        """Where half-written words of one task are kept."""
        return uuid.uuid5(self.pk, task)

    def _lock(self, version: int | None = None, *, over: bool = False) -> None:
        """Read the row anew and hold it; raise PlanChanged where the page is out of date, or the plan is over.

        Without a version the change counts whatever happened meanwhile; what others changed stays as they left it.
        """
        now = VisitPlan.objects.select_for_update().get(pk=self.pk)
        if (version is not None and now.version != version) or not (over or now.is_open):
            raise PlanChanged(now)
        self.__dict__ = now.__dict__

    def _keep(self, said: dict[str, Any] | None = None, **columns: Any) -> None:
        """Change columns and document of the locked row in one update. What cannot be opened is left as it is."""
        if said and not self.unreadable:
            self.seal(replace(self.document, **said))
            columns["sealed"] = self.sealed
        columns["version"] = self.version + 1
        VisitPlan.objects.filter(pk=self.pk).update(**columns)
        self.__dict__.update(columns)

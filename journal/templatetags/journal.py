"""Small helpers of the journal's templates: words only, never access."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from config.retention import KEPT
from guidance import helplines, library
from journal import wording
from journal.middleware import AFTER_A_PAUSE, next_question
from journal.models import open_rows
from journal.notices import News, news_at_desk, news_in, news_of
from journal.patterns import Mark
from journal.rhythm import Reason, Way

register = template.Library()
register.filter("day", wording.day)
register.filter("days", wording.days)
register.filter("plain_day", wording.plain_day)
register.filter("left_words", wording.left)
register.filter("entry_when", wording.entry_when)
register.filter("entry_of", wording.entry_of)
register.filter("kind_label", wording.kind)
register.filter("response_label", wording.response)
register.filter("strain_label", wording.strain)
register.filter("hard_label", wording.hard)

ICONS = {
    "greet": "greet", "food": "tea", "note": "note", "chat": "chat", "listen": "ear", "ask": "two", "rest": "rest",
    "hard": "hard", "peace": "peace", "own": "own", "money": "money", "help": "help",
}  # fmt: skip


@register.simple_tag
def journal_choices(memberships: Any) -> list[tuple[str, str]]:
    """The journals of a person who writes in several, the one used last first: id and name, opened with one query."""
    open_rows([membership.journal for membership in memberships])
    return [(str(membership.journal_id), wording.journal_name(membership)) for membership in memberships]


@register.inclusion_tag("journal/_still.html", takes_context=True)
def still(context: template.Context) -> dict[str, Any]:
    """How an open page covers itself. Nothing on the pages that ask who is there: they show nothing, and lead on."""
    request = context["request"]
    if request.resolver_match.view_name in AFTER_A_PAUSE:
        return {}
    return next_question(request) | {"soon": False}


@register.filter
def moment(value: datetime, zone: Any) -> str:
    """A day and time in the reader's zone."""
    return wording.moment(value.astimezone(zone))


@register.filter
def day_in(value: datetime, zone: Any) -> str:
    """A day in the reader's zone."""
    return wording.day(value.astimezone(zone).date())


@register.filter
def full_day_in(value: datetime, zone: Any) -> str:
    """A day with its year, in the reader's zone."""
    return wording.full_day(value.astimezone(zone).date())


@register.filter
def days_left(day: date, zone: Any) -> int:
    """How many days remain until a day, where the reader is; below nought where it is over."""
    return (day - timezone.now().astimezone(zone).date()).days


@register.filter
def clock(value: datetime, zone: Any) -> str:
    """A time in the reader's zone."""
    return wording.clock(value.astimezone(zone))


@register.filter
def iso_day(value: str) -> str:
    """A day kept as 2026-11-20, with its year; as it stands where it is no day."""
    try:
        return wording.full_day(date.fromisoformat(value))
    except ValueError:
        return value


@register.filter
def short_day(value: date) -> str:
    """A day where there is little room."""
    return wording.short_day(value)


@register.filter
def mark_label(mark: str, desk: bool) -> str:
    """The words of a mark of the four weeks, for who wrote or for the counsellor who reads."""
    return str((wording.MARKS_AT_DESK if desk else wording.MARKS)[Mark(mark)])


@register.filter
def way_name(way: str) -> str:
    """What a suggestion is called."""
    return str(wording.WAYS[Way(way)][0])


@register.filter
def way_words(way: str) -> str:
    """What a suggestion means."""
    return str(wording.WAYS[Way(way)][1])


@register.filter
def reason_words(reason: str) -> str:
    """Why something is suggested; nothing where that is told to nobody."""
    return str(wording.REASONS.get(Reason(reason), ""))


@register.filter
def days_kept(what: str) -> int:
    """How many days something is kept: from the setting that deletes it."""
    return KEPT[what].days


@register.simple_tag
def weekday_letters() -> list[str]:
    """Monday to Sunday, a letter each."""
    return list(wording.WEEKDAYS_JA if get_language() == "ja" else "MTWTFSS")


@register.filter
def undone(tags: str) -> str:
    """Where a message puts back what it says was removed, or nothing."""
    undo, _sign, what = (tags or "").partition("-")
    name, _sign, pk = what.partition("-")
    return reverse(f"journal:{name}_restore", args=[pk]) if undo == "undo" else ""


@register.filter
def kind_icon(kind: str) -> str:
    """The icon of a kind."""
    return ICONS.get(kind, "note")


@register.filter
def parent_name(user: Any) -> str:
    """Another parent's name in the reader's language."""
    return wording.parent_name(user)


@register.filter
def role_name(role: Any) -> str:
    """A counsellor's name as families read it, in the page's language."""
    return str(role.name(get_language() or "en"))


@register.filter
def role_licence(role: Any) -> str:
    """A counsellor's licence, in the page's language."""
    return str(role.licence(get_language() or "en"))


@register.filter
def centre_name(centre: Any) -> str:
    """A centre's name, in the page's language."""
    return str(centre.name(get_language() or "en"))


@register.filter
def role_state(role: Any) -> str:
    """Whether somebody at a centre is approved, waits for it, or has left."""
    if role.deactivated_at:
        return gettext("Left")
    if role.approved_at is None:
        return gettext("Waits for approval")
    if role.second_approved_at is None:
        return gettext("Approved by one person")
    return gettext("Approved by two people")


# The tags of a family on the queue: how each looks.
TAG_ICONS = {
    "hard": ("tag warn", "hard"), "plan": ("tag", "door"), "question": ("tag", "question"), "new": ("tag done", "note"),
    "quiet": ("tag", "clock"), "unreadable": ("tag", "lock"), "beyond": ("tag warn", "info"),
}  # fmt: skip


@register.filter
def own_first(queue: list[Any]) -> list[Any]:
    """The families of a queue by whose they are: one's own, then those read for a colleague; each in its order."""
    return sorted(queue, key=lambda family: family.covering_for)


@register.filter
def row_heading(queue: list[Any]) -> str:
    """How deep the headings of a queue's families stand: below those of its parts, where some are read for a colleague."""
    return "3" if any(family.covering_for for family in queue) else "2"


@register.filter
def any_open(parts: Any) -> bool:
    """Whether a counsellor can read a part of the journal."""
    return any(switch.is_open for switch in parts or ())


@register.filter
def today(zone: Any) -> date:
    """The date it is in a zone."""
    return timezone.now().astimezone(zone).date()


class Tag(NamedTuple):
    """A few words in a frame, with an icon before them."""

    css: str
    icon: str
    words: str


@register.filter
def queue_tags(family: Any, today: date) -> list[Tag]:
    """The tags of a family on the queue."""
    return [Tag(*TAG_ICONS[name], words) for name, words in wording.queue_tags(family, today)]


@register.filter
def waiting_since(value: datetime, zone: Any) -> str:
    """Since when something waits to be read, in the reader's zone."""
    return gettext("Waiting since %(date)s") % {"date": wording.moment(value.astimezone(zone))}


@register.simple_tag
def police_advice(country: str) -> str:
    """The number for asking the police on another day, where this country has one that may be shown."""
    if country != "jp":
        return ""
    line = library.current().helplines.by_id.get("police-advice")
    return line.number if line and line.shows_number(helplines.today()) else ""


@register.simple_tag(takes_context=True)
def something_new(context: Any) -> News:
    """What waits for whoever is signed in; nothing on a page that is open to everybody."""
    if "something_new" in context:
        return context["something_new"]
    request = _signed_in(context)
    if request is None:
        return News()
    memberships = getattr(request, "journals", None)
    return news_of(request.user) if memberships is None else news_in(memberships)


@register.simple_tag(takes_context=True)
def new_at_desk(context: Any) -> News:
    """What waits for the counsellor whose desk this is: nobody's journal is asked for that."""
    if "something_new" in context:
        return context["something_new"]
    request = _signed_in(context)
    return News() if request is None else news_at_desk(request.user)


def _signed_in(context: Any) -> Any:
    request = context.get("request")
    private = request is not None and not getattr(request, "is_public", False) and request.user.is_authenticated
    return request if private else None

"""Sentences about who reads and when, and days and times as people say them."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django.db.models import TextChoices
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext

from guidance.phrases import close_up
from journal.models.entries import Hard, Kind, Response, Strain, day_of
from journal.patterns import Mark, Picture
from journal.rhythm import Reason, Way

WEEKDAYS_EN = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"]
WEEKDAYS_JA = "月火水木金土日"


def days(numbers: Iterable[int]) -> str:
    """Weekday numbers as "Tuesdays and Fridays" / 「火曜日と金曜日」; empty where there are none."""
    if get_language() == "ja":
        return "と".join(f"{WEEKDAYS_JA[number]}曜日" for number in numbers)
    names = [WEEKDAYS_EN[number] for number in numbers]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def day(value: date) -> str:
    """A day as "Thursday 20 November" / 「11月20日（木）」."""
    return _day(value, get_language())


@lru_cache(maxsize=1024)
def _day(value: date, language: str | None) -> str:
    # Kept, because a page names the same few days again and again.
    if language == "ja":
        return f"{value.month}月{value.day}日（{WEEKDAYS_JA[value.weekday()]}）"
    return formats.date_format(value, "l j F")


def full_day(value: date) -> str:
    """A day with its year: "20 November 2026" / 「2026年11月20日」."""
    if get_language() == "ja":
        return f"{value.year}年{value.month}月{value.day}日"
    return formats.date_format(value, "j F Y")


def month(value: date) -> str:
    """A month: "November 2026" / 「2026年11月」."""
    return f"{value.year}年{value.month}月" if get_language() == "ja" else formats.date_format(value, "F Y")


def plain_day(value: date, today: date) -> str:
    """A day as one says it in passing: "today", "yesterday", else the day itself."""
    if value == today:
        return gettext("today")
    if (today - value).days == 1:
        return gettext("yesterday")
    if value.year != today.year:
        return f"{value.year}年{day(value)}" if get_language() == "ja" else f"{day(value)} {value.year}"
    return day(value)


def clock(value: datetime) -> str:
    """A time as "9:42 pm" / 「午後9時42分」. ``value`` is already local."""
    hour = value.hour % 12
    if get_language() == "ja":
        return f"{'午前' if value.hour < 12 else '午後'}{hour}時{value.minute}分"
    return f"{hour or 12}:{value.minute:02d} {'am' if value.hour < 12 else 'pm'}"


def moment(value: datetime) -> str:
    """A day and a time: "Thursday 20 November, 9:42 pm" / 「11月20日（木） 午後9時42分」. ``value`` is already local."""
    joined = " " if get_language() == "ja" else ", "
    return f"{day(value.date())}{joined}{clock(value)}"


def entry_when(entry: Any) -> str:
    """When an entry happened, on the day the parent chose, in the zone the parent was in."""
    local = entry.local
    if local.date() == entry.day:
        return moment(local)
    return gettext("Night of %(day)s, %(time)s") % {"day": day(entry.day), "time": clock(local)}


def entry_of(value: date) -> str:
    """Which entry a button belongs to, for who does not see where it stands."""
    return gettext("entry of %(date)s") % {"date": day(value)}


@cache
def _words(codes: type[TextChoices], _language: str | None) -> dict[str, str]:
    # Kept, because a list asks for the words of each of its rows.
    return {code: str(words) for code, words in codes.choices}


def kind(code: str) -> str:
    """What was done; the code itself where this version does not know it."""
    return _words(Kind, get_language()).get(code, code)


def response(code: str) -> str:
    """What came back."""
    return _words(Response, get_language()).get(code, "")


def strain(code: str) -> str:
    """The word for how the parent was."""
    return _words(Strain, get_language()).get(code, "")


def hard(code: str) -> str:
    """The answer to the safety question."""
    return _words(Hard, get_language()).get(code, "")


def together(names: list[str]) -> str:
    """Names in a row: "Kenji and Ms Ono", 「健二さんと小野さん」 (each name already has its title)."""
    if get_language() == "ja":
        return "と".join(names)
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def parent_name(user: Any) -> str:
    """Another parent as the reader meets them: the display name, with さん in Japanese."""
    if not user.display_name:
        return gettext("the other who writes here")
    return f"{user.display_name}さん" if get_language() == "ja" else user.display_name


def digits(number: str) -> str:
    """Six digits as two people say them to each other: "123 456"."""
    return f"{number[:3]} {number[3:]}"


def since(membership: Any, zone: Any) -> str:
    """What another parent reads: all of it, or what was written since they came."""
    if membership.reads_from is None:
        return gettext("Reads what the others do not keep to themselves.")
    words = gettext("Reads what the others have written since %(date)s and do not keep to themselves.")
    return words % {"date": day(membership.reads_from.astimezone(zone).date())}


def journal_name(membership: Any) -> str:
    """A journal in the list of one's own: the word for the person, or its tree; and whether somebody else keeps it."""
    journal = membership.journal
    name = (not journal.unreadable and journal.document.relation) or journal.code_name(get_language() or "en")
    return str(name) if membership.keeps else gettext("%(name)s, where you were invited") % {"name": name}


def who_can_read(audience: str, others: list[Any], counsellors: list[Any]) -> str:
    """The sentence that stands on every form and entry: "Only you" / "You and Kenji" / "You, Kenji and Ms Ono can read this."

    ``others`` are the other parents (users), ``counsellors`` the centre roles whom this entry is shared with; when they
    read is said by ``reading_state``.
    """
    language = get_language() or "en"
    if audience == "author" or not (others or counsellors):
        return gettext("Only you can read this.")
    names = [parent_name(user) for user in others] + [role.name(language) for role in counsellors]
    if language == "ja":
        return f"これを読めるのは、{together(['あなた', *names])}です。"
    return f"{together(['You', *names])} can read this."


def cover(counsellor: Any, colleague: Any, until: date) -> str:
    """ "Ms Ono is away until Friday 14 May. Mr Hale reads instead." Both names, always."""
    language = get_language() or "en"
    names = {"c": counsellor.name(language), "d": colleague.name(language), "date": day(until)}
    return gettext("%(c)s is away until %(date)s. %(d)s reads instead.") % names


def writer_of(reply: Any) -> str:
    """The counsellor who wrote a reply, as families read the name."""
    return str(reply.counsellor.name(get_language() or "en"))


def reading_state(shared: Any, zone: Any, instead: Any = None, *, answered: Any = None) -> str:
    """Where an entry stands with one counsellor: answered, read, waiting for a day, or not read on the day that was promised.

    ``answered`` is who wrote back, ``instead`` the cover that holds for its share. That the centre knows is said only when
    its manager was shown it.
    """
    role, language = shared.share.counsellor, get_language() or "en"
    stop = "。" if language == "ja" else "."  # several stand in a row
    if answered:
        return gettext("%(c)s wrote back") % {"c": answered.name(language)} + stop
    name = (shared.read_by or role).name(language)
    if shared.read_at:
        return gettext("Read by %(c)s, %(date)s") % {"c": name, "date": day(shared.read_at.astimezone(zone).date())} + stop
    if instead:
        return cover(role, instead.counsellor, instead.until)
    wait = role.wait(shared.shared_at, timezone.now())
    if wait.missed:
        missed = {"c": name, "date": day(wait.missed), "centre": role.centre.name(language)}
        if shared.told_at:
            said = gettext("%(c)s: this was not read on %(date)s. The centre knows.")
        else:
            said = gettext("%(c)s: this was not read on %(date)s. You can ask %(centre)s.")
        return said % missed
    if wait.next:
        return gettext("Not read yet. %(c)s: next reading day %(date)s.") % {"c": name, "date": day(wait.next)}
    return gettext("Not read yet.")


def saved_at(value: datetime) -> str:
    """ "Saved at 9:42 pm"."""
    return gettext("Saved at %(time)s") % {"time": clock(value)}


def enough(now: datetime) -> str:
    """What stands at the end: after five in the afternoon it is "for tonight"."""
    if now.hour >= 17 or now.hour < 4:
        return gettext("That is enough for tonight. You can close this page.")
    return gettext("That is enough for today.")


def week_title(monday: date, today: date) -> str:
    """A week's heading: "This week", "Last week", or the day it began on."""
    this_monday = date.fromordinal(today.toordinal() - today.weekday())
    if monday == this_monday:
        return gettext("This week")
    if (this_monday - monday).days == 7:
        return gettext("Last week")
    if get_language() == "ja":
        return (
            f"{monday.month}月{monday.day}日からの週"
            if monday.year == today.year
            else f"{monday.year}年{monday.month}月{monday.day}日からの週"
        )
    return gettext("Week of %(date)s") % {"date": formats.date_format(monday, "j F" if monday.year == today.year else "j F Y")}


def short_day(value: date) -> str:
    """A day where there is little room: "3 Nov" / 「11/3」."""
    return _short_day(value, get_language())


@lru_cache(maxsize=256)
def _short_day(value: date, language: str | None) -> str:
    if language == "ja":
        return f"{value.month}/{value.day}"
    return formats.date_format(value, "j M")


def four_weeks_at_desk(picture: Picture) -> str:
    """What the picture of a family shows its counsellor, in sentences about the parents; never what came back."""
    did, rested, hard = (picture.count(mark) for mark in (Mark.DID, Mark.REST, Mark.HARD))
    said = []
    if did:
        written = ngettext("On %(n)s day, they wrote down what they did.", "On %(n)s days, they wrote down what they did.", did)
        said.append(written % {"n": did})
    if rested:
        said.append(ngettext("They rested on %(n)s day.", "They rested on %(n)s days.", rested) % {"n": rested})
    if hard:
        said.append(ngettext("%(n)s day was hard.", "%(n)s days were hard.", hard) % {"n": hard})
    return close_up(" ".join(said))


def four_weeks(picture: Picture) -> str:
    """What the picture of four weeks shows, in sentences: in the first place, and for who does not see it."""
    did = picture.count(Mark.DID, Mark.NOTHING, Mark.CAME)
    rested, hard, came = (picture.count(mark) for mark in (Mark.REST, Mark.HARD, Mark.CAME))
    said = []
    if picture.with_came and came:
        said.append(ngettext("On %(n)s day, something came back.", "On %(n)s days, something came back.", came) % {"n": came})
    elif picture.with_came:
        said.append(gettext("Nothing came back in these weeks. That is common."))
    if did:
        written = ngettext("On %(n)s day, you wrote down what you did.", "On %(n)s days, you wrote down what you did.", did)
        said.append(written % {"n": did})
    if rested:
        said.append(ngettext("You rested on %(n)s day.", "You rested on %(n)s days.", rested) % {"n": rested})
    if hard:
        said.append(ngettext("%(n)s day was hard.", "%(n)s days were hard.", hard) % {"n": hard})
    return close_up(" ".join(said))


MARKS = {
    Mark.CAME: gettext_lazy("Something came back"),
    Mark.NOTHING: gettext_lazy("Nothing this time"),
    Mark.DID: gettext_lazy("Something you did"),
    Mark.REST: gettext_lazy("Rested"),
    Mark.HARD: gettext_lazy("A hard day"),
}
MARKS_AT_DESK = MARKS | {Mark.DID: gettext_lazy("Something a parent did")}


# Each way as it is named, and what it means: letter for letter those of the word study.
WAYS = {
    Way.STAY: (gettext_lazy("Stay where you are"), gettext_lazy("What you do now is enough, for months if need be.")),
    Way.PAUSE: (gettext_lazy("Take a break"), gettext_lazy("No steps for a while.")),
    Way.SMALLER: (
        gettext_lazy("Make it smaller"),
        gettext_lazy("Fewer words, less often. For example, only “good night”."),
    ),
    Way.GO_ON: (gettext_lazy("Read the next step"), gettext_lazy("Reading is all. You decide whether to try it.")),
}
# No reason to stay is among them: "stay" is to look the same whatever lies behind it.
REASONS = {
    Reason.DANGER: gettext_lazy(
        "In these four weeks someone was afraid or hurt, or spoke of dying. Ask a counsellor or a doctor when to begin again."
    ),
    Reason.RED_DAYS: gettext_lazy("More than one day was hard in these four weeks."),
    Reason.EARNED: gettext_lazy("Something came back on several days in these four weeks, and no day was hard."),
}


def quiet_for(since: date, today: date) -> str:
    """ "Quiet for 3 weeks"."""
    weeks = (today - since).days // 7
    return ngettext("Quiet for %(n)s week", "Quiet for %(n)s weeks", weeks) % {"n": weeks}


def left(days: int) -> str:
    """What is left until a day by which something is due; how late it is, where that day is over."""
    if days < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days} if days else gettext("today is the last day")


# In the order of the queue's rule; how many are new, and since when it is quiet, follow them.
TAGS = {
    "beyond": gettext_lazy("Too many to look through"),
    "hard": gettext_lazy("Hard day"),
    "plan": gettext_lazy("Plan to look at"),
    "unreadable": gettext_lazy("An entry cannot be opened"),
    "question": gettext_lazy("Question"),
}


def queue_tags(family: Any, today: date) -> list[tuple[str, str]]:
    """Why a family stands where it stands on the queue, each as an icon's name and words."""
    tags = [(name, str(words)) for name, words in TAGS.items() if getattr(family, name)]
    if family.new:
        tags.append(("new", gettext("%(n)s new") % {"n": family.new}))
    if family.quiet_since:
        tags.append(("quiet", quiet_for(family.quiet_since, today)))
    return tags


def log_line(verb: str, count: int, counsellor: str) -> str:
    """What one line of the access log says was done; ``counsellor`` is whom it was about, or read in place of."""
    said = {
        "read": ngettext("Read %(n)s entry", "Read %(n)s entries", count) % {"n": count},
        "opened": gettext("Opened the journal, read nothing"),
        "wrote": gettext("Wrote back"),
        "edited": gettext("Changed a reply"),
        "widened": gettext("May now read more"),
        "narrowed": gettext("May now read less"),
        "stopped": gettext("Reading was stopped"),
        "started": gettext("Was let in to read"),
        "invited": gettext("Invited someone"),
        "joined": gettext("Joined"),
        "left": pgettext("log", "Left"),
        "removed": gettext("Ended that someone writes here"),
        "keeps": gettext("Keeps the journal from now on"),
        "covered": gettext("Read as cover for %(c)s") % {"c": counsellor},
        "took_over": gettext("Took over from %(c)s") % {"c": counsellor},
        "continued": gettext("May read on, until a later day"),
        "took_out": gettext("Took out a copy"),
        "printed": gettext("Printed"),
        "briefed": gettext("Read the sheet for a visit"),
        "confirmed": gettext("Confirmed the sheet for a visit"),
        "read_page": gettext("Read our page"),
        "read_rules": gettext("Read the house agreements"),
        "refused": gettext("Tried to open it and could not"),
    }[verb]
    if verb in {"widened", "narrowed", "stopped", "started"} and counsellor:
        # A parent chose it: the line says for whom.
        return f"{said}（{counsellor}）" if get_language() == "ja" else f"{said} ({counsellor})"
    return said


def today_of(user: Any) -> date:
    """The day it is for this person: until four in the morning, the day before."""
    return today_in(user.zone)


def today_in(zone: Any) -> date:
    """The day it is in this time zone."""
    return day_of(timezone.now(), zone)

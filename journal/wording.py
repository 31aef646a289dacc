"""Sentences about who reads and when, and days and times as people say them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext

from journal.models.entries import day_of

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
    if get_language() == "ja":
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


def clock(value: datetime) -> str:
    """A time as "9:42 pm" / 「午後9時42分」. ``value`` is already local."""
    hour = value.hour % 12 or (0 if value.hour == 0 else 12)
    if get_language() == "ja":
        hour = value.hour % 12
        return f"{'午前' if value.hour < 12 else '午後'}{hour}時{value.minute}分"
    return f"{hour or 12}:{value.minute:02d} {'am' if value.hour < 12 else 'pm'}"


def moment(value: datetime) -> str:
    """A day and a time: "Thursday 20 November, 9:42 pm" / 「11月20日（木） 午後9時42分」. ``value`` is already local."""
    joined = " " if get_language() == "ja" else ", "
    return f"{day(value.date())}{joined}{clock(value)}"


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


def reading_state(shared: Any, zone: Any) -> str:
    """Whether a counsellor has read an entry: "Not read yet. Ms Ono reads on Fridays." / "Read by Ms Ono, 14 May"."""
    role = shared.share.counsellor
    name = role.name(get_language() or "en")
    if shared.read_at:
        return gettext("Read by %(c)s, %(date)s") % {"c": name, "date": day(shared.read_at.astimezone(zone).date())}
    if role.weekdays:
        return gettext("Not read yet. %(c)s reads on %(days)s.") % {"c": name, "days": days(role.weekdays)}
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


def quiet_for(since: date, today: date) -> str:
    """ "Quiet for 3 weeks"."""
    weeks = (today - since).days // 7
    return ngettext("Quiet for %(n)s week", "Quiet for %(n)s weeks", weeks) % {"n": weeks}


def log_line(event: Any, counsellors: dict[Any, Any]) -> dict[str, str]:
    """One line of the access log as who and what; ``counsellors`` maps account ids to centre roles."""
    role = counsellors.get(event.who)
    name = role.name(get_language() or "en") if role else pgettext("log", "A parent")
    count = len(event.shown)
    what = {
        "read": ngettext("Read %(n)s entry", "Read %(n)s entries", count) % {"n": count},
        "opened": gettext("Opened the journal, read nothing"),
        "wrote": gettext("Wrote back"),
        "widened": gettext("May now read more"),
        "narrowed": gettext("May now read less"),
        "stopped": gettext("Reading was stopped"),
        "started": gettext("Was let in to read"),
        "took_out": gettext("Took out a copy"),
        "printed": gettext("Printed"),
        "invited": gettext("Invited someone"),
        "joined": gettext("Joined"),
        "left": pgettext("log", "Left"),
        "removed": gettext("Ended that someone writes here"),
        "keeps": gettext("Keeps the journal from now on"),
    }[event.verb]
    return {"who": name, "what": what}


def today_of(user: Any) -> date:
    """The day it is for this person: until four in the morning, the day before."""
    return day_of(timezone.now(), user.zone)

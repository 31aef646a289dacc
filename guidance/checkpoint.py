"""Before you act: five questions, and the advice that follows from the answers.

Pure functions: answers come in, keys of texts come out. Nothing is kept anywhere. The rules are those of the
domain study on forced help: danger first, then nothing secret, nothing hurried, nothing while worn out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

CHOICES: dict[str, tuple[str, ...]] = {
    "danger": ("yes", "afraid", "no"),
    "plan": ("company", "visit", "clinic", "takeaway", "talk", "small"),
    "know": ("agreed", "refused", "no", "unsure"),
    "pay": ("no", "asked", "soon", "signed"),
    "tonight": ("calm", "tired", "exhausted", "cannot"),
}
QUESTIONS = tuple(CHOICES)
# Plans in which somebody meets them: here a surprise does harm, and only a yes is a yes.
MEETINGS = {"company", "visit", "clinic"}
OUTCOMES = ("first", "wait", "open", "gentle")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a parent told us. "" is a question that was skipped, or not reached."""

    danger: str = ""
    plan: str = ""
    know: str = ""
    pay: str = ""
    tonight: str = ""

    @classmethod
    def read(cls, form: Mapping[str, str]) -> "Answers":
        """Take the answers out of a form. What is no answer, and the one that ``skip`` names, is left out."""
        skipped = form.get("skip")
        read = {key: form.get(key, "") for key in CHOICES if key != skipped}
        return cls(**{key: value for key, value in read.items() if value in CHOICES[key]})

    @property
    def given(self) -> dict[str, str]:
        """Return the answered questions in their order."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


@dataclass(frozen=True, slots=True)
class Advice:
    """The keys of the texts that make the last page, in their order."""

    outcome: str
    concerns: tuple[str, ...]
    actions: tuple[str, ...]


def advise(answers: Answers) -> Advice:
    """Return the advice for any answers, skipped ones too. "Danger: yes" never comes here: it opens the help page."""
    worries = tuple(_worries(answers))
    unknown = () if answers.danger else ("danger_unknown",)
    if {"afraid", "cannot"} & set(worries):
        # Whoever is afraid or cannot go on reads about that, and about nothing that could be put right tomorrow.
        concerns = tuple(worry for worry in worries if worry in PRESSING)
        return Advice("first", (*unknown, *concerns), _first(answers, worries))
    if worries:
        return Advice("wait", (*unknown, *worries), _instead(answers, worries))
    if _is_whole(answers):
        return Advice("gentle", unknown, GENTLE["meeting" if answers.plan in MEETINGS else "words"])
    return Advice("open", unknown, OPEN)


def _worries(answers: Answers) -> Iterator[str]:
    meeting = answers.plan in MEETINGS or not answers.plan
    if answers.danger == "afraid":
        yield "afraid"
    if answers.tonight == "cannot":
        yield "cannot"
    if answers.plan in {"company", "takeaway"}:
        yield answers.plan
    if answers.plan == "clinic" and answers.know != "agreed":
        yield "trick"
    if answers.plan == "talk" and answers.know != "agreed":
        yield "talk"
    if meeting and answers.know in {"no", "unsure"}:
        yield "surprise"
    if answers.know == "refused" and answers.plan != "talk":
        yield "refused"
    if answers.pay in {"asked", "soon"}:
        yield "pay"
    if answers.pay == "soon":
        yield "hurry"
    if answers.pay == "signed":
        yield "signed"
    if answers.tonight == "exhausted":
        yield "exhausted"


# What to do about each worry.
ACTIONS: dict[str, tuple[str, ...]] = {
    "afraid": ("hurt", "ask"),
    "cannot": ("you",),
    "company": ("services", "ask", "openly"),
    "takeaway": ("words", "person"),
    "trick": ("openly", "ask"),
    "talk": ("words", "paper"),
    "surprise": ("tell", "ask"),
    "refused": ("drop",),
    "pay": ("before_paying", "consumer", "services"),
    "hurry": ("before_paying", "consumer", "services"),
    "signed": ("stop", "consumer", "services"),
    "exhausted": ("sleep",),
}
CONCERNS = ("danger_unknown", *ACTIONS)
GENTLE = {"meeting": ("on_the_day", "still_no", "quiet_days"), "words": ("once", "easy_no", "rest_after")}
OPEN = ("person", "ask", "again")
# First things first, whatever brought them here: the body, then what binds, then rest, then the plan, then people.
ORDER = (
    *("hurt", "you", "hold", "stop", "sign_nothing", "sleep", "drop", "before_paying", "consumer", "services"),
    *("tell", "words", "paper", "openly", "ask", "person", "again"),
)
# Every text an advice may name.
ALL_ACTIONS = {*ORDER, *(action for listed in GENTLE.values() for action in listed)}
# What is said to somebody who is afraid or cannot go on; everything else about the plan waits with the plan.
PRESSING = {"afraid", "cannot", "company", "pay", "hurry", "signed"}
# What begins something new with the person, and so has no place beside "wait and sleep".
BEGINNINGS = {"words", "paper", "openly"}
# The text that names lines of the reader's country.
BY_COUNTRY = "consumer"


def _first(answers: Answers, worries: tuple[str, ...]) -> tuple[str, ...]:
    actions = {"hold", *(action for worry in ("afraid", "cannot") if worry in worries for action in ACTIONS[worry])}
    if answers.pay == "signed":
        actions |= {"stop", "consumer", "services"}
    elif answers.pay in {"asked", "soon"}:
        actions.add("sign_nothing")
    return _ordered(actions)


def _instead(answers: Answers, worries: tuple[str, ...]) -> tuple[str, ...]:
    actions = {action for worry in worries for action in ACTIONS[worry]}
    if answers.know == "refused":
        # They have just said no: the next invitation is for another season.
        actions.discard("openly")
    if "exhausted" in worries:
        actions -= BEGINNINGS
    return _ordered(actions)


def _ordered(actions: set[str]) -> tuple[str, ...]:
    """Put first things first, and let nobody leave without a person to turn to."""
    if not {"ask", "person"} & actions:
        actions = {*actions, "person"}
    return tuple(action for action in ORDER if action in actions)


def _is_whole(answers: Answers) -> bool:
    """Say whether enough was answered to call a plan gentle; a small thing needs nobody's leave beforehand."""
    known = answers.know == "agreed" or answers.plan == "small"
    return answers.danger == "no" and bool(answers.plan) and known and answers.pay == "no" and bool(answers.tonight)

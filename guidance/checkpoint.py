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
    concerns = (*(("danger_unknown",) if not answers.danger else ()), *worries)
    if {"afraid", "cannot"} & set(worries):
        return Advice("first", concerns, _instead(answers, worries))
    if worries:
        return Advice("wait", concerns, _instead(answers, worries))
    if _is_whole(answers):
        return Advice("gentle", concerns, GENTLE["meeting" if answers.plan in MEETINGS else "words"])
    return Advice("open", concerns, OPEN)


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


# What to do about each worry, first things first; a text named twice stands once.
ACTIONS: dict[str, tuple[str, ...]] = {
    "afraid": ("hurt", "ask"),
    "cannot": ("you",),
    "exhausted": ("sleep",),
    "signed": ("stop", "consumer"),
    "hurry": ("before_paying", "consumer"),
    "pay": ("before_paying", "consumer"),
    "refused": ("drop",),
    "surprise": ("tell", "ask"),
    "company": ("ask", "openly"),
    "trick": ("openly", "ask"),
    "takeaway": ("words", "person"),
    "talk": ("words", "paper"),
}


CONCERNS = ("danger_unknown", *ACTIONS)
GENTLE = {"meeting": ("on_the_day", "still_no", "quiet_days"), "words": ("once", "easy_no", "rest_after")}
OPEN = ("person", "ask", "again")
# Every text an advice may name.
ALL_ACTIONS = {"company", *OPEN, *(action for listed in (*ACTIONS.values(), *GENTLE.values()) for action in listed)}


def _instead(answers: Answers, worries: tuple[str, ...]) -> tuple[str, ...]:
    actions = [action for worry, listed in ACTIONS.items() if worry in worries for action in listed]
    if "refused" in worries and "openly" in actions:
        # They have just said no: the next invitation is for another season.
        actions.remove("openly")
    if {"signed", "pay"} & set(worries) and answers.plan != "company":
        actions.append("company")
    if not {"ask", "person"} & set(actions):
        actions.append("person")
    return tuple(dict.fromkeys(actions))


def _is_whole(answers: Answers) -> bool:
    """Say whether enough was answered to call a plan gentle; a small thing needs nobody's leave beforehand."""
    known = answers.know == "agreed" or answers.plan == "small"
    return answers.danger == "no" and bool(answers.plan) and known and answers.pay == "no" and bool(answers.tonight)

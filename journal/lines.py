"""What the rows of a family say, as pairs of heading and text: for pages in two versions, for the bin, for paper and copies."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext

from journal import wording
from journal.models import AgreementContent, Closeness, PageContent, PersonContent, Stage, Topic
from journal.models.circle import PAGE_PARTS, PAGE_SEEN
from journal.models.sealed import Document

Lines = list[tuple[str, str]]


def person_lines(content: PersonContent) -> Lines:
    """Somebody to lean on."""
    return [
        (gettext("Who it is"), content.name),
        (gettext("How it stands"), _label(Closeness, content.state)),
        (gettext("The next small thing to ask"), content.next),
    ]


def agreement_lines(content: AgreementContent) -> Lines:
    """An agreement."""
    return [
        (gettext("What it is about"), _label(Topic, content.topic)),
        (text_label(content.topic), content.text),
        (gettext("What is needed"), content.needed),
        (gettext("How it stands"), agreement_state(content)),
        (gettext("Who agreed"), content.agreed),
        (gettext("Who has been told"), content.told),
    ]


def page_lines(content: PageContent) -> Lines:
    """The family's own page."""
    return [
        *((str(heading), getattr(content, name)) for name, heading in PAGE_PARTS.items()),
        (gettext("Have they read this?"), str(dict(PAGE_SEEN).get(content.seen, ""))),
    ]


def lines_of(content: Document) -> Lines:
    """The lines of any of these, without the empty ones."""
    makers: dict[type[Document], Callable[[Any], Lines]] = {
        PersonContent: person_lines,
        AgreementContent: agreement_lines,
        PageContent: page_lines,
    }
    return [(label, text) for label, text in makers[type(content)](content) if text]


def text_label(topic: str) -> str:
    """What the main text of an agreement is called."""
    return {
        Topic.MONEY.value: gettext("Monthly money: amount, day, how it is given"),
        Topic.SHEET.value: gettext("What there is"),
        Topic.CONTACT.value: gettext("If one of us is in hospital: who gets in touch, and how"),
    }.get(topic, gettext("What it says"))


def agreement_state(content: AgreementContent) -> str:
    """How far an agreement has come: "In use since 3 May. Look again on 3 November"."""
    if content.state == Stage.NOW and content.since_day and content.review_day:
        days = {"date": wording.full_day(content.since_day), "date2": wording.full_day(content.review_day)}
        return gettext("In use since %(date)s. Look again on %(date2)s") % days
    return _label(Stage, content.state)


def _label(choices: type[Closeness] | type[Topic] | type[Stage], value: str) -> str:
    return str(choices(value).label) if value in choices.values else value

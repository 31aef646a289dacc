"""The texts of "Before you act", both languages side by side: content/data/checkpoint.yaml."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from guidance import checkpoint, fields, text
from guidance.checkpoint import Advice, Answers
from guidance.fields import LANGUAGES, Fields
from guidance.helplines import Both

Pieces = list[tuple[str, text.Rendered]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    value: str
    text: Both


@dataclass(frozen=True, slots=True)
class Question:
    """One page of the check."""

    key: str
    title: Both
    short: Both
    why: Both
    choices: tuple[Choice, ...]
    more_title: Both
    more: Mapping[str, text.Html]

    def said(self, value: str) -> Both | None:
        """Return the words of an answer; None where the question was skipped."""
        return next((choice.text for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The heading of the last page and the sentence below it."""

    title: Both
    lead: Both


@dataclass(frozen=True, slots=True)
class Composed:
    """Advice in words: what the last page prints."""

    key: str
    outcome: Outcome
    concerns: tuple[Mapping[str, text.Html], ...]
    actions: tuple[Mapping[str, text.Html], ...]
    asks_country: bool  # some line below differs by country


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All texts of the check, by the keys that ``advise`` returns."""

    questions: tuple[Question, ...]
    outcomes: Mapping[str, Outcome]
    concerns: Mapping[str, Mapping[str, text.Html]]
    actions: Mapping[str, Mapping[str, text.Html]]
    path: Path
    blocks: tuple[tuple[str, text.Block], ...]
    uses: tuple[tuple[str, text.Use], ...]

    def told(self, answers: Answers) -> list[tuple[Question, Both | None]]:
        """Return every question with the words of its answer, for "What you told us"."""
        return [(question, question.said(answers.given.get(question.key, ""))) for question in self.questions]

    def composed(self, advice: Advice) -> Composed:
        """Return the texts that an advice names."""
        return Composed(
            key=advice.outcome,
            outcome=self.outcomes[advice.outcome],
            concerns=tuple(self.concerns[key] for key in advice.concerns),
            actions=tuple(self.actions[key] for key in advice.actions),
            asks_country=checkpoint.BY_COUNTRY in advice.actions,
        )


def read(path: Path) -> Questionnaire:
    """Return the texts of ``path``; raise ContentError where one is missing, left over or faulty."""
    root = fields.mapping(path.read_text("utf-8"), path)
    pieces: Pieces = []
    questionnaire = Questionnaire(
        questions=tuple(_question(row, pieces) for row in root.rows("questions")),
        outcomes={
            key: Outcome(_plain(row, "title", pieces), _plain(row, "lead", pieces)) for key, row in _named(root, "outcomes")
        },
        concerns=_texts(root, "concerns", pieces),
        actions=_texts(root, "actions", pieces),
        path=path,
        blocks=tuple((language, block) for language, piece in pieces for block in piece.blocks),
        uses=tuple((language, use) for language, piece in pieces for use in piece.uses),
    )
    _complete(root, questionnaire)
    root.rest()
    root.finish()
    return questionnaire


def _complete(root: Fields, texts: Questionnaire) -> None:
    """Hold the file to the code: every text that advice can name is there, and no other."""
    if tuple(question.key for question in texts.questions) != checkpoint.QUESTIONS:
        root.wrong("questions", f"are, in this order: {', '.join(checkpoint.QUESTIONS)}")
    for key, have, due in (
        ("outcomes", texts.outcomes, checkpoint.OUTCOMES),
        ("concerns", texts.concerns, checkpoint.CONCERNS),
        ("actions", texts.actions, checkpoint.ALL_ACTIONS),
    ):
        if set(have) != set(due):
            root.wrong(key, f"differ from guidance/checkpoint.py: {', '.join(sorted(set(have) ^ set(due)))}")


def _question(row: Fields, pieces: Pieces) -> Question:
    key = row.text("key")
    title, short, why = (_plain(row, part, pieces) for part in ("title", "short", "why"))
    choices = []
    for item in row.rows("choices"):
        choices.append(Choice(item.text("value"), _plain(item, "text", pieces)))
        item.rest()
    if tuple(choice.value for choice in choices) != checkpoint.CHOICES.get(key):
        row.wrong("choices", f"of {key} are not those of guidance/checkpoint.py, in its order")
    more_title: Both = {}
    more: Mapping[str, text.Html] = {}
    if "more" in row.keys and (item_more := row.mapping("more")):
        more_title, more = _plain(item_more, "title", pieces), _both(item_more, "text", pieces)
        item_more.rest()
    row.rest()
    return Question(key, title, short, why, tuple(choices), more_title, more)


def _texts(root: Fields, key: str, pieces: Pieces) -> Mapping[str, Mapping[str, text.Html]]:
    rows = root.mapping(key)
    return MappingProxyType({name: _both(rows, name, pieces) for name in rows.keys} if rows else {})


def _plain(row: Fields, key: str, pieces: Pieces) -> Both:
    """Take one text without marks in both languages, and show it to the content check."""
    line, both = row.line_of(key), row.both(key)
    pieces += [(language, text.Rendered(blocks=[text.Block(line, both[language], both[language])])) for language in LANGUAGES]
    return both


def _both(row: Fields, key: str, pieces: Pieces) -> Mapping[str, text.Html]:
    """Render one text in both languages."""
    line = row.line_of(key)
    both = row.both(key)
    rendered = {language: text.render(both[language], line, ()) for language in LANGUAGES}
    for language, piece in rendered.items():
        pieces.append((language, piece))
        for _, message in piece.faults:
            row.wrong(key, message)
    return MappingProxyType({language: piece.html for language, piece in rendered.items()})


def _named(root: Fields, key: str) -> Iterator[tuple[str, Fields]]:
    rows = root.mapping(key)
    for name in rows.keys if rows else ():
        if rows and (row := rows.mapping(name)):
            yield name, row
            row.rest()

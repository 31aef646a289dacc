"""The demo's data, read from families.yaml and checked: who they are and what they wrote, in days before today."""

from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any

import yaml

from journal.models import Hard, Kind, Response
from journal.models.entries import WITHOUT_RESPONSE

FILE = Path(__file__).with_name("families.yaml")
READERS = {"me", "family", "all"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry: how many days ago, at what hour, by whom, what, and the counsellor's answer to it."""

    ago: int
    at: time
    kind: str
    words: str
    by: str
    came: str = ""
    hard: str = ""
    readers: str = "all"
    reply: str = ""
    # Chosen for the second counsellor too.
    second: bool = False


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A counsellor's message to the whole family, sent on the first reading day after ``ago``."""

    ago: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Parent:
    """Somebody who writes in a journal."""

    key: str
    email: str
    name: str
    since: int


@dataclass(frozen=True, kw_only=True)
class Worker:
    """Somebody at the centre."""

    key: str
    email: str
    role: str
    name_en: str
    name_ja: str
    language: str
    licence_en: str = ""
    licence_ja: str = ""
    days: str = ""


@dataclass(frozen=True, kw_only=True)
class ShareStart:
    """Which counsellor reads, since when, and what new entries do; ``ends``: in so many days, where a parent chose a day."""

    counsellor: str
    default: str
    since: int
    ends: int | None = None


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit that is being prepared: begun some days ago, for a day ahead. Told and confirmed: days ago, or not yet."""

    begun: int
    ahead: int
    at: str
    length: str
    purpose: str
    aftercare: str
    sheet: str
    off_way: str = ""
    told: int | None = None
    confirmed: int | None = None


@dataclass(frozen=True, kw_only=True)
class Family:
    """One journal and its people. ``unfinished``: on the last reading day the entries were opened but not marked as read.

    ``second``: another counsellor, let in yesterday evening to read only what was chosen.
    """

    tree: int
    language: str
    country: str
    time_zone: str
    relation: str
    step: int
    since: int
    members: list[Parent]
    share: ShareStart
    entries: list[Line]
    letters: list[Letter] = field(default_factory=list)
    visit: Visit | None = None
    unfinished: bool = False
    second: str = ""


@dataclass(frozen=True, kw_only=True)
class Story:
    """Everything the demo tells."""

    password: str
    centre: dict[str, str]
    staff: list[Worker]
    families: list[Family]

    def emails(self) -> list[str]:
        """The address of everybody who can sign in."""
        parents = [parent.email for family in self.families for parent in family.members]
        return [*(worker.email for worker in self.staff), *parents]


def load(path: Path = FILE) -> Story:
    """Read the data; raise ValueError where a line says something a form of the site would refuse."""
    data = yaml.safe_load(path.read_text("utf-8"))
    families = [_family(family) for family in data["families"]]
    return Story(
        password=data["password"], centre=data["centre"], staff=[Worker(**worker) for worker in data["staff"]], families=families
    )


def _family(data: dict[str, Any]) -> Family:
    members = [Parent(**member) for member in data["members"]]
    share = ShareStart(**data["share"])
    rest = {key: value for key, value in data.items() if key not in {"members", "share", "entries", "letters", "visit"}}
    return Family(
        **rest,
        members=members,
        share=share,
        entries=[_line(line, members, share) for line in data["entries"]],
        letters=[Letter(**letter) for letter in data.get("letters", [])],
        visit=Visit(**data["visit"]) if "visit" in data else None,
    )


def _line(data: dict[str, Any], members: list[Parent], share: ShareStart) -> Line:
    readers = data.get("for", "all")
    at = time.fromisoformat(data["at"])
    texts = {key: value for key, value in data.items() if key not in {"at", "for"}}
    line = Line(**{"by": members[0].key, **texts, "at": at, "readers": readers})
    joined = {member.key: member.since for member in members}
    faults = {
        "an unknown kind": line.kind not in Kind.values,
        "an unknown response": line.came not in ["", *Response.values],
        "a response where none is asked for": bool(line.came) and line.kind in WITHOUT_RESPONSE,
        "an unknown answer": line.hard not in ["", *Hard.values],
        "an answer nobody asked for": bool(line.hard) and line.kind != Kind.HARD and line.came != Response.UPSET,
        "unknown readers": readers not in READERS,
        "a day that has not been": line.ago < 1,
        "a day before this parent wrote here": line.ago > joined[line.by],
        # A reading day comes round once a week: sooner, the answer might not have been written yet.
        "chosen for a second counsellor and not for the first": line.second and readers != "all",
        "an answer too early to be there": bool(line.reply) and (line.ago < 8 or share.since < 8 or readers != "all"),
    }
    if found := [fault for fault, holds in faults.items() if holds]:
        raise ValueError(f"{line.words}: {', '.join(found)}")
    return line

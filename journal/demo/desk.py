"""What an invented family wrote to its counsellor and opened to them, as the site itself would have written it."""

import uuid
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any

import yaml

from journal.models import AccessEvent, Membership, Part, Reply, Share, SharedPart, Verb

FILE = Path(__file__).parent / "desk.yaml"
# After the counsellor's hours, so that the line comes last in the log.
OPENED = time(21, 10)


def tell(tree: int, share: Share, members: dict[str, Membership], moment: Callable[[int, time], datetime]) -> None:
    """Write down what stands in the file about the family of this tree; ``moment`` turns days ago and an hour into a time."""
    told = yaml.safe_load(FILE.read_text("utf-8")).get(tree, {})
    for asked in told.get("asks", []):
        _ask(asked, share, members, moment)
    owner, *others = members.values()
    for part in told.get("opens", []):
        for member in [owner, *(others if part == Part.COUNT else [])]:
            at = moment(1, OPENED)
            SharedPart.objects.create(share=share, journal_id=share.journal_id, part=part, granted_by=member.user, shared_at=at)
            AccessEvent.objects.record(
                journal=share.journal_id, who=member.user, role="parent", verb=Verb.WIDENED, share=share.pk, at=at
            )


def _ask(asked: dict[str, Any], share: Share, members: dict[str, Membership], moment: Callable[[int, time], datetime]) -> None:
    reply, _new = Reply.objects.send(
        share=share,
        author=members[asked["by"]].user,
        entry=None,
        submission=uuid.uuid4(),
        text=asked["text"],
        kind=asked["kind"],
        answers=asked.get("answers"),
        from_family=True,
    )
    Reply.objects.filter(pk=reply.pk).update(created_at=moment(asked["ago"], time.fromisoformat(asked["at"])))

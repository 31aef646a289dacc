"""What one invented family holds beside its days, written as the site itself would have written it."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from journal.models import Agreement, AgreementContent, FamilyPage, Journal, Membership, PageContent, PersonContent, SupportPerson
from journal.wording import today_of

FILE = Path(__file__).parent / "circle.yaml"


def tell(tree: int, journal: Journal, members: dict[str, Membership], now: datetime) -> None:
    """Write down what stands in the file about the family of this tree; ``members`` by the names of families.yaml."""
    told = yaml.safe_load(FILE.read_text("utf-8")).get(tree)
    if told is None:
        return
    for person in told["people"]:
        by = members[person.pop("by")]
        SupportPerson.objects.write(membership=by, submission=uuid.uuid4(), content=PersonContent(**person))
    for agreement in told["agreements"]:
        _agree(agreement, members, now)
    page = FamilyPage.of(members[told["page"].pop("by")])
    page.rewrite(0, PageContent(**told["page"]))


def _agree(agreement: dict[str, Any], members: dict[str, Membership], now: datetime) -> None:
    row: Agreement | None = None
    for version in agreement["versions"]:
        by, ago, review = members[version.pop("by")], version.pop("ago"), version.pop("review", None)
        today = today_of(by.user)
        if review is not None:
            days = {"since": today - timedelta(days=ago), "review": today + timedelta(days=review)}
            version |= {"state": "now", **{name: day.isoformat() for name, day in days.items()}}
        content = AgreementContent(topic=agreement["topic"], **version)
        if row is None:
            row = Agreement.objects.write(membership=by, submission=uuid.uuid4(), content=content)[0]
        else:
            row = row.revise(row.version, content, uuid.uuid4())
        written = now - timedelta(days=ago)
        Agreement.objects.filter(pk=row.pk).update(created_at=written, changed_at=written)

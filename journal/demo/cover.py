"""The demo's holidays: a colleague reads for one family next week, and another family is asked about a handover."""

from datetime import datetime, timedelta

from journal.demo.story import Story
from journal.models import Absence, AccessEvent, CentreRole, Handover, Share, Verb


def plan(story: Story, roles: dict[str, CentreRole], now: datetime) -> None:
    """Plan the days as the site would: the family allowed it, and both families are told and asked now."""
    away = story.away
    role = roles[away.counsellor]
    share = Share.objects.get(counsellor=role, journal__tree=away.family)
    AccessEvent.objects.record(
        journal=share.journal_id, who=share.granted_by, role="parent", verb=Verb.WIDENED, share=share.pk, at=now
    )
    share.allow_cover(True)
    first = role.today + timedelta(days=away.ahead)
    absence = Absence.objects.create(counsellor=role, first_day=first, last_day=first + timedelta(days=away.days - 1))
    absence.name_colleague(roles[away.colleague])
    asked = Share.objects.get(counsellor=roles[story.handover.counsellor], journal__tree=story.handover.family)
    Handover.objects.propose(share=asked, counsellor=roles[story.handover.colleague], by=role.user)

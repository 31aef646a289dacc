"""Visit plans in each of their states."""

from dataclasses import replace
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from journal.models import VisitPlan
from tests import factories

NOW = timezone.now


def fresh(plan):
    """The plan as the database has it."""
    return VisitPlan.objects.get(pk=plan.pk)


def a_plan(world, **fields):
    """A plan whose person was told; nobody has agreed yet."""
    return factories.make_visit(world.journal, **{"sheet": "Cats.", "told": True, **fields})


def agreed(world, **fields):
    """A plan with both conditions."""
    plan = a_plan(world, **fields)
    plan.confirm_briefing(plan.version, NOW(), "By telephone")
    plan.answer_at_home(plan.version, "yes", NOW())
    return plan


def ready(world, **fields):
    """A plan that is ready."""
    plan = agreed(world, **fields)
    plan.mark_ready(plan.version)
    return plan


def begun(world, days=0, **fields):
    """A plan that is ready, for a day that has come: so many days ago."""
    plan = ready(world, days=30, **fields)
    ago = (plan.document.start - timedelta(days=30 + days)).date().isoformat()
    # On the day itself from its first minute: at two in the afternoon it would not have begun in the morning.
    plan.seal(replace(plan.document, day=ago) if days else replace(plan.document, day=ago, at="00:00"))
    plan.save()
    return plan


def took_place(world, days=1, **fields):
    """A visit that was ready and took place some days ago."""
    plan = begun(world, days, **fields)
    plan.mark_done(plan.version)
    return plan


def what(plan, **changes):
    """The first task of a plan as it stands, but for some changes."""
    names = ("visitor", "share", "day", "at", "zone", "length", "purpose", "aftercare")
    return {name: getattr(plan.document, name) for name in names} | changes


def url(name, plan=None, **kwargs):
    """The address of a page about visits."""
    return reverse(f"journal:visit_{name}", kwargs=kwargs or ({"visit_id": plan.pk} if plan else {}))

"""Screens of a parent's journal."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone

from journal.models import CentreRole, Entry, EntryContent, Membership, Share, leave
from tests import factories
from tests.conftest import World, send_away
from tests.screens.stage import Stage, form_of_entry, page, reply, screen

page("journal:home", "owner")
page("journal:entry_list", "owner")
page("journal:entry_bin", "owner")
page("journal:share_list", "owner")
page("journal:share_new", "owner")


@screen("journal:journal_start", "newcomer")
def _start(stage: Stage) -> HttpResponse:
    return stage.get("journal:journal_start")


@screen("journal:journal_start with errors", "newcomer", status=422)
def _start_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:journal_start", {"relation": "x" * 30})


@screen("journal:home resting, with an answer", "owner")
def _home_resting(stage: Stage) -> HttpResponse:
    reply(stage.world)
    hard = factories.make_entry(stage.world.journal, stage.user, kind="hard")
    stage.post("journal:entry_hard", {"hard": "afraid"}, entry_id=hard.pk)
    return stage.get("journal:home")


@screen("journal:entry_list long, with answers", "owner")
def _timeline(stage: Stage) -> HttpResponse:
    reply(stage.world)
    for _ in range(26):
        factories.make_entry(stage.world.journal, stage.user, "I said good night.", kind="greet", response="sign")
    factories.make_entry(stage.world.journal, stage.user, kind="hard")
    return stage.get("journal:entry_list")


@screen("journal:home with errors", "owner", status=422, url_name="journal:entry_add")
def _home_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:entry_add", form_of_entry(stage.world, kind="", when="other", words="まだ決めていない"))


@screen("journal:entry_detail", "owner")
def _saved(stage: Stage) -> HttpResponse:
    return stage.get("journal:entry_detail", entry_id=stage.world.entry.pk)


@screen("journal:entry_detail to change", "owner")
def _change(stage: Stage) -> HttpResponse:
    Entry.objects.filter(pk=stage.world.entry.pk).update(version=2)
    reply(stage.world)
    return stage.get("journal:entry_detail", entry_id=stage.world.entry.pk)


@screen("journal:entry_detail in two versions", "owner", status=409)
def _conflict(stage: Stage) -> HttpResponse:
    Entry.objects.filter(pk=stage.world.entry.pk).update(version=3)
    return stage.post("journal:entry_detail", {"version": 1, "words": "My words"}, entry_id=stage.world.entry.pk)


@screen("journal:entry_detail that cannot be opened", "owner", status=409)
def _unreadable(stage: Stage) -> HttpResponse:
    Entry.objects.filter(pk=stage.world.entry.pk).update(sealed=b"\x01" * 80)
    return stage.get("journal:entry_detail", entry_id=stage.world.entry.pk)


@screen("journal:entry_hard", "owner")
def _hard(stage: Stage) -> HttpResponse:
    return stage.get("journal:entry_hard", entry_id=factories.make_entry(stage.world.journal, stage.user, kind="hard").pk)


@screen("journal:entry_hard answered", "owner")
def _hard_answered(stage: Stage) -> HttpResponse:
    entry = factories.make_entry(stage.world.journal, stage.user, kind="hard")
    stage.post("journal:entry_hard", {"hard": "hurt"}, entry_id=entry.pk)
    return stage.get("journal:entry_hard", entry_id=entry.pk)


@screen("journal:share_new with errors", "owner", status=422)
def _code_wrong(stage: Stage) -> HttpResponse:
    return stage.post("journal:share_new", {"journal": stage.world.journal.pk, "code": "AAAA BBBB"})


@screen("journal:share_new checked", "owner")
def _share_check(stage: Stage) -> HttpResponse:
    code = factories.make_code(CentreRole.objects.get(user=stage.world.roles["other"]))
    return stage.post("journal:share_new", {"journal": stage.world.journal.pk, "code": code})


@screen("journal:share_new checked, with nothing chosen", "owner", status=422, url_name="journal:share_add")
def _share_nothing(stage: Stage) -> HttpResponse:
    code = factories.make_code(CentreRole.objects.get(user=stage.world.roles["other"]))
    return stage.post("journal:share_add", {"journal": stage.world.journal.pk, "code": code})


@screen("journal:home with a draft, after the other parent wrote", "owner")
def _home_draft(stage: Stage) -> HttpResponse:
    reply(stage.world)
    factories.make_entry(stage.world.journal, stage.world.roles["member"], audience="family")
    stage.post("journal:entry_draft", form_of_entry(stage.world, words="まだ途中", sequence=1))
    return stage.get("journal:home")


def everything_new(world: World) -> None:
    """As much as one parent can be told at once: a pause, answers, who reads and for how long, and a journal they left."""
    owner = world.roles["owner"]
    assert owner is not None
    send_away(world)
    soon = timezone.now() + timedelta(days=9)
    Share.objects.filter(pk__in=[world.shares["counsellor"].pk, world.shares["chosen"].pk]).update(ends_at=soon)
    leave(factories.make_journal(factories.make_user("aunt")).add_member(owner, Membership.Role.MEMBER))
    reply(world)
    factories.make_entry(world.journal, world.roles["member"], audience="family")
    factories.make_membership(world.journal, owner).rest(timezone.localdate(), for_all=False)


@screen("journal:home with everything new", "owner")
def _home_everything(stage: Stage) -> HttpResponse:
    everything_new(stage.world)
    return stage.get("journal:home")


@screen("journal:home of an empty journal", "owner-with-app")
def _home_empty(stage: Stage) -> HttpResponse:
    return stage.get("journal:home")


@screen("journal:home after something was put in the bin", "owner")
def _home_undo(stage: Stage) -> HttpResponse:
    stage.post("journal:entry_delete", {"undo": "1"}, entry_id=stage.world.entry.pk)
    return stage.get("journal:home")


@screen("journal:entry_list with something new", "owner")
def _timeline_news(stage: Stage) -> HttpResponse:
    factories.make_many(stage.world.journal, stage.user, [EntryContent(kind="greet")] * 26, apart=timedelta())
    long_ago = stage.world.entry.happened_at.replace(year=2024)
    factories.make_entry(stage.world.journal, stage.world.roles["member"], audience="family", happened_at=long_ago)
    factories.make_entry(stage.world.journal, stage.world.roles["member"], audience="family")
    return stage.get("journal:entry_list")


@screen("journal:entry_list narrowed", "owner")
def _found(stage: Stage) -> HttpResponse:
    factories.make_many(stage.world.journal, stage.user, [EntryContent(kind="greet", words="お茶")] * 26, apart=timedelta())
    return stage.post("journal:entry_list", {"journal": stage.world.journal.pk, "words": "お茶"})


@screen("journal:entry_list narrowed to nothing", "owner")
def _found_nothing(stage: Stage) -> HttpResponse:
    return stage.post("journal:entry_list", {"journal": stage.world.journal.pk, "words": "何もない"})


@screen("journal:entry_list with errors", "owner", status=422)
def _find_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:entry_list", {"journal": stage.world.journal.pk, "words": "x" * 201})


@screen("journal:entry_detail with a draft", "owner")
def _change_draft(stage: Stage) -> HttpResponse:
    Entry.objects.filter(pk=stage.world.entry.pk).update(version=2)
    typed = {"version": 2, "words": "まだ途中", "noticed": "A nod.", "strain": "tired", "sequence": 1}
    stage.post("journal:edit_draft", typed, entry_id=stage.world.entry.pk)
    return stage.get("journal:entry_detail", entry_id=stage.world.entry.pk)


@screen("journal:entry_detail with errors", "owner", status=422)
def _change_errors(stage: Stage) -> HttpResponse:
    return stage.post("journal:entry_detail", {"version": 1, "noticed": "x" * 201}, entry_id=stage.world.entry.pk)


@screen("journal:entry_hard that could not be saved", "anonymous", status=401, url_name="journal:entry_add")
def _hard_signed_out(stage: Stage) -> HttpResponse:
    return stage.post("journal:entry_add", form_of_entry(stage.world, kind="hard", words="It was loud."))

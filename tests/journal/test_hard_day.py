"""A hard day: help first, whatever else fails; then seven days in which nothing is suggested."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError
from django.urls import reverse
from django.utils import timezone, translation

from journal.models import Entry, Journal, Kind, Membership, SharedEntry
from journal.models.entries import WITHOUT_RESPONSE
from journal.vault import Unreadable
from journal.wording import today_of
from tests import factories
from tests.conftest import sign_in


def write(client, world, kind="hard", **more):
    data = {"journal": world.journal.pk, "submission": uuid.uuid4(), "kind": kind, **more}
    return client.post(reverse("journal:entry_add"), data)


def newest(world, name="owner"):
    return Entry.objects.of_family(world.roles[name], world.journal).order_by("-created_at").first()


def edit(client, entry, version=1, **data):
    return client.post(reverse("journal:entry_detail", args=[entry.pk]), {"version": version, **data})


def test_a_hard_day_shows_help_first_then_asks_and_rests_the_steps_for_a_week(lately_checked, parent, world):
    response = write(parent, world, "hard")
    page = parent.get(response.headers["Location"]).content.decode()
    assert (
        page.index("If it is still going on")
        < page.index("tel:110")
        < page.index("Saved at")
        < page.index("Was anyone afraid or hurt?")
    )
    assert "#9110" in page
    home = parent.get(reverse("journal:home")).content.decode()
    assert "The steps are paused until" in home
    place = parent.get(reverse("journal:place", args=[3]), headers={"HX-Request": "true"}).content.decode()
    assert "Paused until" in place
    assert "Write it down" not in place


def test_someone_who_spoke_of_dying_is_led_to_the_words_for_it(parent, world):
    write(parent, world, "hard")
    entry = newest(world)
    response = parent.post(reverse("journal:entry_hard", args=[entry.pk]), {"hard": "dying"})
    assert response.headers["Location"] == reverse("guidance:help_page", args=["words"])
    assert Entry.objects.get(pk=entry.pk).document.hard == "dying"


def test_a_private_hard_day_does_not_show_through_to_the_other_parent(parent, client, world):
    write(parent, world, "hard")
    sign_in(client, world.roles["member"])
    assert "paused" not in client.get(reverse("journal:home")).content.decode()


def test_taking_back_a_slip_of_the_finger_ends_the_rest(parent, world):
    write(parent, world, "hard")
    parent.post(reverse("journal:entry_delete", args=[newest(world).pk]), {"undo": "1"})
    assert "paused" not in parent.get(reverse("journal:home")).content.decode()


def test_an_upset_answer_opens_the_hard_question(parent, world):
    write(parent, world, "greet")
    entry = newest(world)
    response = parent.post(reverse("journal:entry_detail", args=[entry.pk]), {"version": 1, "response": "upset", "words": ""})
    assert response.headers["Location"] == reverse("journal:entry_hard", args=[entry.pk])


def test_a_hard_day_that_cannot_be_saved_still_shows_the_numbers(parent, world, monkeypatch):
    def full(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr("journal.models.Entry.objects.write", full)
    response = write(parent, world, "hard")
    page = response.content.decode()
    assert response.status_code == 503
    assert "This could not be saved. The numbers above still work." in page
    assert "tel:110" in page
    assert "Saved at" not in page


def rests(world, name):
    membership = Membership.objects.get(user=world.roles[name])
    return membership.resting_until(today_of(membership.user)) is not None


def test_keeping_a_hard_day_to_oneself_ends_the_pause_of_the_other_parent_alone(parent, world):
    world.share.set_default("new")
    write(parent, world, "hard")
    assert rests(world, "member")
    parent.post(reverse("journal:entry_readers", args=[newest(world).pk]), {"readers": "author"})
    assert not rests(world, "member")
    assert rests(world, "owner")


def test_a_hard_day_that_was_a_slip_of_the_finger_ends_its_rest_when_it_is_changed(parent, world):
    write(parent, world, "hard")
    assert rests(world, "owner")
    edit(parent, newest(world), kind="greet", words="")
    assert not rests(world, "owner")


@pytest.mark.parametrize("fault", [DatabaseError, Unreadable])
def test_help_after_a_hard_day_does_not_wait_for_the_database(parent, world, monkeypatch, fault):
    def broken(*args, **kwargs):
        raise fault

    monkeypatch.setattr(Entry, "rewrite", broken)
    url = reverse("journal:entry_hard", args=[world.entry.pk])
    assert parent.post(url, {"hard": "dying"}).headers["Location"] == reverse("guidance:help_page", kwargs={"page": "words"})
    response = parent.post(url, {"hard": "hurt"})
    assert response.status_code == 503
    assert "The numbers above still work" in response.content.decode()


def test_settings_that_cannot_be_opened_keep_nobody_from_writing_and_are_not_overwritten(parent, world):
    Journal.objects.filter(pk=world.journal.pk).update(sealed=b"x" * 80)
    assert parent.get(reverse("journal:home")).status_code == 200
    assert write(parent, world, "hard", words="it was loud").status_code == 303
    for name, arguments in (("place", [3]), ("place_list", [])):
        assert parent.get(reverse(f"journal:{name}", args=arguments), headers={"HX-Request": "true"}).status_code == 200
    assert bytes(Journal.objects.get(pk=world.journal.pk).sealed) == b"x" * 80


# ---- help first


def test_help_stands_before_everything_in_both_languages(parent, world):
    for language, first, saved, asked in [
        ("en", "If it is still going on", "Saved at", "Was anyone afraid or hurt?"),
        ("ja", "今も続いているとき", "保存しました", "怖い思いをした人や、けがをした人はいますか"),
    ]:
        with translation.override(language):
            page = parent.get(write(parent, world).headers["Location"]).content.decode()
        main = page[page.index("<main") :]
        assert main.index(first) < main.index("tel:110") < main.index(saved) < main.index(asked)


def test_the_question_has_five_answers_and_none_is_chosen(parent, world):
    page = parent.get(write(parent, world).headers["Location"]).content.decode()
    assert re.findall(r'name="hard" value="(\w+)"', page) == ["no", "afraid", "hurt", "dying", "skip"]
    assert not re.search(r'name="hard"[^>]*checked', page)


def test_the_page_for_the_parent_who_cannot_go_on_is_one_press_away_at_every_point(parent, world, monkeypatch):
    you = f'href="{reverse("guidance:help_page", args=["you"])}"'
    assert parent.get(reverse("guidance:help_page", args=["you"])).status_code == 200
    entry = factories.make_entry(world.journal, world.roles["owner"], kind="hard")
    url = reverse("journal:entry_hard", args=[entry.pk])
    assert you in parent.get(url).content.decode()
    parent.post(url, {"hard": "no"})
    page = parent.get(url).content.decode()
    assert you in page
    assert "When you yourself cannot go on" in page
    assert you in parent.get(reverse("journal:home")).content.decode()
    monkeypatch.setattr("journal.models.Entry.objects.write", broken)
    assert you in write(parent, world).content.decode()


@pytest.mark.parametrize("answer", ["no", "afraid", "hurt", "skip"])
def test_after_any_answer_the_person_is_thought_of_too(parent, world, answer):
    write(parent, world)
    url = reverse("journal:entry_hard", args=[newest(world).pk])
    parent.post(url, {"hard": answer})
    page = parent.get(url).content.decode()
    assert "They may have been frightened too." in page
    assert "If you can, tell one person you trust." in page
    assert (reverse("guidance:help_page", args=["hurt"]) in page) == (answer in {"afraid", "hurt"})


def test_a_counsellor_is_let_read_this_one_day_and_it_is_said_that_it_is_not_tonight(parent, world):
    write(parent, world)
    entry = newest(world)
    url = reverse("journal:entry_hard", args=[entry.pk])
    parent.post(url, {"hard": "afraid"})
    page = parent.get(url).content.decode()
    assert "Let Ms counsellor read this" in page
    assert "Ms counsellor reads on Fridays, so not tonight." in page
    readers = reverse("journal:entry_readers", args=[entry.pk])
    response = parent.post(readers, {"also": str(world.share.pk), "hard": "1"})
    assert response.headers["Location"] == url
    assert SharedEntry.objects.filter(entry=entry, share=world.share).exists()
    assert "Let Ms counsellor read this" not in parent.get(url).content.decode()


# ---- whatever fails


def broken(*args, **kwargs):
    raise DatabaseError("disk full")


@pytest.mark.parametrize("fault", [DatabaseError, Unreadable])
def test_everything_typed_on_a_hard_day_comes_back_beside_the_numbers(lately_checked, parent, world, monkeypatch, fault):
    def fails(*args, **kwargs):
        raise fault

    monkeypatch.setattr("journal.models.Entry.objects.write", fails)
    response = write(parent, world, words="it was loud", when="now")
    page = response.content.decode()
    assert response.status_code == 503
    for part in ("it was loud", "tel:110", "Go to where other people are", "#9110", "Help now: phone numbers"):
        assert part in page


@pytest.mark.parametrize("language", ["en", "ja"])
def test_with_no_database_at_all_a_hard_day_still_shows_the_whole_help_text(parent, world, monkeypatch, language):
    def gone(*args, **kwargs):
        raise OperationalError("the disk is gone")

    monkeypatch.setattr("journal.models.journals.MembershipQuerySet.of_user", gone)
    parent.raise_request_exception = False
    with translation.override(language):
        response = write(parent, world, words="it was loud")
    page = response.content.decode()
    assert response.status_code == 503
    main = page[page.index("<main") :]
    assert main.index({"en": "If it is still going on", "ja": "今も続いているとき"}[language]) < main.index("it was loud")
    assert {"en": "Go to where other people are", "ja": "人のいる所へ行くか"}[language] in main


def test_with_no_database_at_all_an_answer_about_dying_still_leads_to_the_words_for_it(parent, world, monkeypatch):
    entry = factories.make_entry(world.journal, world.roles["owner"], kind="hard")

    def gone(*args, **kwargs):
        raise OperationalError("the disk is gone")

    monkeypatch.setattr("journal.models.Entry.objects.editable_by", gone)
    parent.raise_request_exception = False
    response = parent.post(reverse("journal:entry_hard", args=[entry.pk]), {"hard": "dying"})
    page = response.content.decode()
    assert response.status_code == 503
    assert "If it is still going on" in page
    assert f'href="{reverse("guidance:help_page", args=["words"])}"' in page


def test_a_hard_day_after_the_sign_in_ended_shows_help_and_keeps_the_words(client, world):
    response = write(client, world, words="it was loud")
    page = response.content.decode()
    assert response.status_code == 401
    assert page.index("If it is still going on") < page.index("it was loud")


def test_an_ordinary_day_that_could_not_be_saved_is_not_met_with_the_police(client, world):
    page = write(client, world, "greet", words="good night").content.decode()
    assert "If it is still going on" not in page


def test_the_page_carries_the_help_text_for_when_no_answer_comes(parent):
    page = parent.get(reverse("journal:home")).content.decode()
    assert re.search(r'<button name="kind" value="hard"[^>]* data-help', page)
    template = page[page.index('<template id="help">') :]
    assert "tel:110" in template[: template.index("</template>")]


# ---- seven days


@pytest.fixture
def resting(parent, world):
    write(parent, world)
    parent.post(reverse("journal:entry_hard", args=[newest(world).pk]), {"hard": "no"})
    return parent


def test_while_the_steps_rest_no_address_of_the_journal_proposes_anything(resting):
    for kind in Kind.values:
        page = resting.get(reverse("journal:home"), {"kind": kind}).content.decode()
        assert "The steps are paused until" in page
        assert "chosen" not in page
        assert not re.search(r'type="radio" name="kind"[^>]* checked', page)


def test_while_the_steps_rest_no_page_of_the_journal_names_a_step_or_holds_anything_out(resting, world):
    factories.make_entry(world.journal, world.roles["owner"], kind="greet", response="came")
    entry = factories.make_entry(world.journal, world.roles["owner"], kind="greet", step=3)
    assert "The last thing that came back" not in resting.get(reverse("journal:home")).content.decode()
    for name, arguments in [("home", []), ("entry_list", []), ("entry_detail", [entry.pk]), ("entry_hard", [entry.pk])]:
        page = resting.get(reverse(f"journal:{name}", args=arguments)).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert "/steps/" not in main, name
        assert "Start with a greeting" not in main, name
        assert "Write it down" not in main, name
    for name in ("week_list", "suggestion_rules", "visit_list", "visit_add", "agreement_list", "family_page", "entry_bin"):
        page = resting.get(reverse(f"journal:{name}")).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert "/steps/" not in main, name
        assert "next step" not in main.casefold(), name
    edit(resting, entry, words="still mine")
    assert Entry.objects.get(pk=entry.pk).document.step == 3


def test_public_steps_stay_readable_and_show_the_notice_in_their_place(resting):
    for number in range(1, 10):
        place = resting.get(reverse("journal:place", args=[number]), headers={"HX-Request": "true"}).content.decode()
        assert "You can read this page, and there is nothing to do." in place
        assert "<a" not in place
        assert resting.get(reverse("guidance:step_detail", args=[number])).status_code == 200
    place = resting.get(reverse("journal:place_list"), headers={"HX-Request": "true"}).content.decode()
    assert "The steps are paused until" in place
    assert "<a" not in place


def test_on_the_eighth_day_everything_is_as_before(resting, world, monkeypatch):
    later = timezone.now() + timedelta(days=8)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert not rests(world, "owner")
    page = resting.get(reverse("journal:home"), {"kind": "greet"}).content.decode()
    assert "paused" not in page
    assert "chosen" in page


def test_a_hard_day_put_back_from_the_bin_asks_for_its_rest_again_and_an_old_one_does_not(resting, world):
    hard = newest(world)
    resting.post(reverse("journal:entry_delete", args=[hard.pk]))
    assert not rests(world, "owner")
    resting.post(reverse("journal:entry_restore", args=[hard.pk]))
    assert rests(world, "owner")
    resting.post(reverse("journal:entry_delete", args=[hard.pk]))
    old = factories.make_entry(world.journal, world.roles["owner"], kind="hard", happened_at=timezone.now() - timedelta(days=12))
    old.put_in_bin()
    resting.post(reverse("journal:entry_restore", args=[old.pk]))
    assert not rests(world, "owner")


def test_a_hard_day_asks_for_no_answer_of_anybody(resting, world):
    assert Kind.HARD in WITHOUT_RESPONSE
    page = resting.get(reverse("journal:entry_detail", args=[newest(world).pk])).content.decode()
    assert "Did anything come back?" not in page


def test_a_hard_day_that_is_opened_to_the_other_parent_rests_their_steps_too(parent, client, world):
    write(parent, world, "hard")
    entry = newest(world)
    assert entry.audience == Entry.Audience.AUTHOR
    parent.post(reverse("journal:entry_readers", args=[entry.pk]), {"readers": "family"})
    sign_in(client, world.roles["member"])
    assert "The steps are paused until" in client.get(reverse("journal:home")).content.decode()


def test_a_slip_of_the_finger_taken_back_leaves_the_rest_after_a_hard_day_told_late(parent, world):
    long_ago = (timezone.localdate() - timedelta(days=20)).isoformat()
    write(parent, world, "hard", when="other", day=long_ago)
    write(parent, world, "hard")
    parent.post(reverse("journal:entry_delete", args=[newest(world).pk]), {"undo": "1"})
    assert "The steps are paused until" in parent.get(reverse("journal:home")).content.decode()

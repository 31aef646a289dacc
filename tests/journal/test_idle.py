"""A session that nobody uses ends or is covered, and its open page covers itself: what it asks, and what it is answered."""

import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from journal.models import Draft
from tests import factories
from tests.conftest import cover, sign_in
from tests.journal.sessions import FRAGMENT, age, forget_the_sign_in, mailed_code
from tests.screens import form_of_entry

DOCUMENT = {"Sec-Fetch-Dest": "document"}


def asks_in(answer):
    (seconds,) = re.findall(r"load delay:(\d+)s", answer.content.decode())
    return int(seconds)


def ask(client, page="journal:entry_list", name="journal:still"):
    return client.get(reverse(name), headers={**FRAGMENT, "HX-Current-URL": f"http://testserver{reverse(page)}"})


def shared(user):
    user.shared_device = True
    user.save()
    return user


def at(client, seconds, **more):
    """As if the sign-in and the last use were so long ago."""
    forget_the_sign_in(client)
    age(client, seconds, **more)


def on_a_shared_device(client, user):
    user.shared_device = True
    user.save()
    sign_in(client, user)
    client.get(reverse("journal:home"))


@pytest.mark.parametrize(("role", "page", "minutes"), [
    ("owner", "journal:home", 15), ("member", "journal:home", 30),
    ("counsellor", "journal:desk_queue", 15), ("manager", "journal:centre_detail", 15), ("contact", "journal:request_list", 10),
])  # fmt: skip
def test_a_page_asks_a_minute_before_its_time_is_over_and_again_when_it_is(client, world, role, page, minutes):
    shared(world.roles["member"])
    sign_in(client, world.roles[role])
    opened = client.get(reverse(page))
    assert asks_in(opened) in range((minutes - 1) * 60 - 5, (minutes - 1) * 60 + 1)
    assert "closes itself" not in opened.content.decode()
    at(client, minutes * 60 - 40)
    warned = ask(client, page)
    assert "It closes itself in a moment." in warned.content.decode()
    assert asks_in(warned) in range(36, 42)


def test_asking_is_no_use_and_keeps_nobody_signed_in(client, world):
    sign_in(client, world.roles["owner"])
    client.get(reverse("journal:home"))
    at(client, 10 * 60)
    before = client.session["seen"]
    assert ask(client).status_code == 200
    assert client.session["seen"] == before


def test_another_tab_that_was_used_lets_the_page_stay(client, world):
    sign_in(client, world.roles["owner"])
    client.get(reverse("journal:home"))
    at(client, 14 * 60)
    client.get(reverse("journal:entry_list"))
    assert asks_in(ask(client)) > 13 * 60


def test_one_press_keeps_the_page_open_and_counts_as_use(client, world):
    sign_in(client, world.roles["owner"])
    client.get(reverse("journal:home"))
    at(client, 14 * 60 + 30)
    kept = ask(client, name="journal:here")
    assert asks_in(kept) > 13 * 60
    assert "It stays open." in kept.content.decode()
    assert client.get(reverse("journal:here")).headers["Location"] == reverse("journal:home")


def test_after_a_pause_on_ones_own_device_the_page_goes_to_who_is_there_and_comes_back(client, world):
    sign_in(client, world.roles["owner"])
    client.get(reverse("journal:home"))
    at(client, 15 * 60 + 1)
    gone = ask(client)
    assert gone["HX-Redirect"].startswith(reverse("journal:code_confirm"))
    assert gone["HX-Redirect"].endswith(f"?next={reverse('journal:entry_list').replace('/', '%2F')}")
    assert not gone.content
    assert ask(client, name="journal:here")["HX-Redirect"] == gone["HX-Redirect"]


@pytest.mark.parametrize(("role", "minutes"), [("member", 30), ("counsellor", 15), ("manager", 15)])
def test_a_session_that_is_over_sends_its_open_page_to_the_sign_in(client, world, role, minutes):
    shared(world.roles["member"])
    sign_in(client, world.roles[role])
    client.get(reverse("journal:account_edit"))
    at(client, minutes * 60 + 1)
    gone = ask(client, "journal:account_edit")
    assert gone["HX-Redirect"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session
    # Signed out in another tab, the same.
    assert ask(client)["HX-Redirect"].startswith(reverse("account_login"))


def test_after_eight_hours_a_counsellors_page_covers_itself_however_much_was_done(client, world):
    sign_in(client, world.roles["counsellor"])
    client.get(reverse("journal:desk_queue"))
    at(client, 0, began=client.session["began"] - 8 * 3600 + 90)
    assert asks_in(client.get(reverse("journal:desk_queue"))) <= 30
    at(client, 0, began=client.session["began"] - 120)
    assert ask(client)["HX-Redirect"].startswith(reverse("account_login"))


def typed(client, world, words):
    return client.post(
        reverse("journal:entry_draft"), {**form_of_entry(world, words=words), "sequence": len(words)}, headers=FRAGMENT
    )


@pytest.mark.parametrize(("on_a_shared_device", "minutes"), [(False, 15), (True, 30)])
def test_whoever_is_still_typing_keeps_the_page_and_the_words_and_opens_nothing_by_it(client, world, on_a_shared_device, minutes):
    owner = world.roles["owner"]
    owner.shared_device = on_a_shared_device
    owner.save()
    sign_in(client, owner)
    client.get(reverse("journal:home"))
    at(client, minutes * 60 - 30)
    assert typed(client, world, "Half").status_code == 200
    at(client, minutes * 60 + 30)
    assert asks_in(ask(client)) > 60
    assert typed(client, world, "Half a thought").status_code == 200
    assert Draft.objects.get().document.fields["words"] == "Half a thought"
    # Only their own half-written words: every other page asks.
    assert client.get(reverse("journal:entry_list")).status_code == 302


def test_words_that_come_long_after_a_shared_session_is_over_are_refused(client, world):
    sign_in(client, shared(world.roles["owner"]))
    client.get(reverse("journal:home"))
    at(client, 31 * 60, typed=client.session["seen"] - 31 * 60)
    assert typed(client, world, "Late").status_code == 401
    assert not Draft.objects.exists()


def test_half_written_words_bring_no_page_of_a_session_that_is_over(client, world):
    owner = shared(world.roles["owner"])
    sign_in(client, owner)
    client.get(reverse("journal:home"))
    at(client, 31 * 60, typed=client.session["seen"])
    saved = form_of_entry(world, words="Again", submission=world.entry.submission)
    answer = client.post(reverse("journal:entry_draft"), saved)
    assert answer.status_code == 401
    assert "Who can read" not in answer.content.decode()


def test_the_pages_that_ask_who_is_there_ask_nothing_themselves(client, world):
    sign_in(client, world.roles["owner"])
    client.get(reverse("journal:home"))
    cover(client)
    assert b"load delay" not in client.get(reverse("journal:code_confirm")).content


def test_without_a_second_factor_the_page_is_answered_as_any_other(client, world, second_factor):
    sign_in(client, world.roles["counsellor"])
    client.get(reverse("mfa_index"))
    assert asks_in(ask(client, "mfa_index")) > 60


def test_the_address_of_a_form_that_came_back_leads_to_the_journal_when_it_is_opened(client, world):
    sign_in(client, world.roles["owner"])
    assert client.get(reverse("journal:entry_add"), headers=DOCUMENT)["Location"] == reverse("journal:home")
    assert client.get(reverse("journal:entry_add")).status_code == 405


# ---- without a page that asks


def test_on_a_shared_device_a_session_ends_after_thirty_idle_minutes_and_with_the_browser(client, world):
    on_a_shared_device(client, world.roles["owner"])
    age(client, 29 * 60)
    assert client.get(reverse("journal:home")).status_code == 200
    age(client, 31 * 60)
    assert client.get(reverse("journal:home")).headers["Location"].startswith(reverse("account_login"))


def test_on_ones_own_device_a_pause_of_fifteen_minutes_asks_who_is_there_and_keeps_every_word(client, world, mailoutbox):
    sign_in(client, world.roles["owner"])
    page = reverse("journal:entry_list")
    client.get(page)
    age(client, 14 * 60)
    forget_the_sign_in(client)
    assert client.get(page).status_code == 200
    age(client, 16 * 60)
    asked = client.get(page)["Location"]
    assert asked == f"{reverse('journal:code_confirm')}?{urlencode({'next': page})}"
    assert client.get(page, headers=FRAGMENT)["HX-Redirect"].startswith(reverse("journal:code_confirm"))
    assert client.get(reverse("journal:place_list"), headers=FRAGMENT).status_code == 204
    form = form_of_entry(world, words="I said good night.")
    kept = client.post(reverse("journal:entry_add"), form)
    assert (kept.status_code, "I said good night." in kept.content.decode()) == (401, True)
    assert client.post(reverse("journal:entry_draft"), {**form, "sequence": 1}, headers=FRAGMENT).status_code == 200
    # The journal is still the same person's: the mailed code opens it, without the address being typed again.
    client.post(asked)
    assert client.post(asked, {"code": mailed_code(mailoutbox)})["Location"] == page
    assert client.get(page).status_code == 200
    assert "I said good night." in client.get(reverse("journal:home")).content.decode()


def test_a_password_opens_what_a_pause_has_covered(client, db):
    user = factories.make_user(password="a quiet hallway")
    factories.make_journal(user)
    sign_in(client, user)
    client.get(reverse("journal:home"))
    forget_the_sign_in(client)
    age(client, 16 * 60)
    asked = client.get(reverse("journal:home"))["Location"]
    assert asked.startswith(reverse("account_reauthenticate"))
    assert client.post(asked, {"password": "a quiet hallway"})["Location"] == reverse("journal:home")
    assert client.get(reverse("journal:home")).status_code == 200


def test_a_counsellors_session_ends_after_fifteen_idle_minutes_whatever_a_page_sends_by_itself(client, world):
    sign_in(client, world.roles["counsellor"])
    client.get(reverse("journal:desk_queue"))
    age(client, 14 * 60, at_centre=True)
    client.post(reverse("journal:reply_draft", args=[world.share.pk]), {"text": "half", "sequence": "1"})
    age(client, 16 * 60, at_centre=True)
    assert client.get(reverse("journal:desk_queue")).headers["Location"].startswith(reverse("account_login"))


def test_a_draft_kept_by_the_page_keeps_nobody_signed_in(client, world):
    sign_in(client, world.roles["counsellor"])
    client.get(reverse("journal:desk_queue"))
    age(client, 10 * 60, at_centre=True)
    before = client.session["seen"]
    client.post(reverse("journal:reply_draft", args=[world.share.pk]), {"text": "half", "sequence": "1"})
    assert client.session["seen"] == before


def test_a_public_page_shows_no_pause_in_a_session_that_nobody_used(client, world):
    on_a_shared_device(client, world.roles["owner"])
    for seconds, status in ((29 * 60, 200), (31 * 60, 204)):
        age(client, seconds)
        for url in (reverse("journal:place", args=[3]), reverse("journal:place_list")):
            assert client.get(url, headers=FRAGMENT).status_code == status

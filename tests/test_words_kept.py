"""A form that could not be saved comes back with every word, and with a way to save it."""

from collections import defaultdict

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from journal.models import Entry
from tests.conftest import SECRET, sign_in
from tests.screens import form_of_entry
from tests.test_access import URLS
from tests.tools.markup import Markup


def kept_form(response):
    """The form of a page that kept the words, as a browser would send it again."""
    markup = Markup(response.content.decode())
    (form,) = [form for form in markup.all("form") if form.get("action") == response.wsgi_request.path]
    fields = defaultdict(list)
    for element in markup.all("input", "textarea"):
        if form in element.above():
            # A browser leaves out the first line break of a text area.
            text = "".join(element.parts).removeprefix("\n") if element.tag == "textarea" else element.get("value")
            fields[element.get("name")].append(text)
    return form.get("action"), dict(fields)


WORDS = "おやすみと言った。\n“Good night” <b>& more</b>\n\nI waited. 👨‍👩‍👧 " + "長い言葉。" * 30


def test_a_page_sent_after_the_sign_in_ended_comes_back_with_every_word_and_then_saves(world):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, world.roles["owner"])
    home = browser.get(reverse("journal:home"))
    (token,) = {
        element.get("value")
        for element in Markup(home.content.decode()).all("input")
        if element.get("name") == "csrfmiddlewaretoken" and element.parent.get("action") == reverse("journal:entry_add")
    } or {""}
    data = form_of_entry(world, words=WORDS) | {"csrfmiddlewaretoken": token}
    Session.objects.all().delete()

    response = browser.post(reverse("journal:entry_add"), data)
    assert response.status_code == 401
    markup = Markup(response.content.decode())
    action, fields = kept_form(response)
    assert {name: values for name, values in fields.items() if name != "csrfmiddlewaretoken"} == {
        name: [value] for name, value in data.items() if name != "csrfmiddlewaretoken"
    }
    sign_in_link = [link for link in markup.all("a") if link.get("href").startswith(reverse("account_login"))]
    assert sign_in_link[0].get("target") == "_blank"
    assert sign_in_link[0].get("rel") == "noopener"
    assert not Session.objects.exists()
    assert not Entry.objects.filter(author=world.roles["owner"], submission=data["submission"]).exists()

    # In the new tab: a sign-in, which changes the token for every page loaded before it.
    browser.force_login(world.roles["owner"])
    browser.cookies["csrf"] = "b" * 32
    response = browser.post(action, fields)
    if response.status_code == 403:
        action, fields = kept_form(response)
        response = browser.post(action, fields)
    assert response.status_code == 303
    saved = Entry.objects.get(submission=data["submission"])
    (saved,) = Entry.objects.filter(pk=saved.pk).opened()
    assert saved.document.words == WORDS


def test_a_page_with_an_old_token_comes_back_with_a_fresh_one_that_works(world):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, world.roles["owner"])
    response = browser.post(
        reverse("journal:entry_detail", args=[world.entry.pk]), {"version": 1, "words": WORDS, "kind": "greet"}
    )
    assert response.status_code == 403
    action, fields = kept_form(response)
    assert fields["words"] == [WORDS]
    assert fields["csrfmiddlewaretoken"] != [""]
    assert browser.post(action, fields).status_code == 303
    (saved,) = Entry.objects.filter(pk=world.entry.pk).opened()
    assert saved.document.words == WORDS


def test_a_fragment_sent_after_the_sign_in_ended_swaps_nothing(client, world):
    response = client.post(reverse("journal:entry_add"), form_of_entry(world, words=WORDS), headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (401, b"")
    assert not response.cookies


def test_a_fragment_with_an_old_token_comes_back_as_the_page_with_every_word(world):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, world.roles["owner"])
    data = form_of_entry(world, words=WORDS)
    response = browser.post(reverse("journal:entry_add"), data, headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Retarget"], response["HX-Reselect"]) == (422, "#main", "#main")
    action, fields = kept_form(response)
    assert fields["words"] == [WORDS]
    assert browser.post(action, fields).status_code == 303


def test_a_draft_with_an_old_token_moves_nothing_on_the_page(world):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, world.roles["owner"])
    response = browser.post(reverse("journal:entry_draft"), form_of_entry(world), headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_what_another_site_sends_is_not_shown_back(world, headers, signed_in):
    browser = Client(enforce_csrf_checks=True)
    if signed_in:
        sign_in(browser, world.roles["owner"])
    response = browser.post(reverse("journal:entry_add"), form_of_entry(world, words="bait"), headers=headers)
    assert response.status_code == 403
    assert "bait" not in response.content.decode()
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("account_login", {"login": "a@example.test", "password": "secret-words-1"}),
        (
            "account_change_password",
            {"oldpassword": "secret-words-1", "password1": "secret-words-1", "password2": "secret-words-1"},
        ),
        ("account_reauthenticate", {"password": "secret-words-1"}),
        ("journal:role_join", {"password": "secret-words-1"}),
        ("journal:code_confirm", {"code": "secret-words-1"}),
        ("journal:share_new", {"code": "secret-words-1"}),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_no_password_and_no_code_ever_comes_back(world, name, data, strict):
    browser = Client(enforce_csrf_checks=strict)
    response = browser.post(reverse(name, kwargs=world.url_arguments(URLS[name])), data)
    assert "secret-words-1" not in response.content.decode()

"""Before you act: danger first, nothing kept, and advice that makes sense after any answers."""

import logging
import re
from itertools import product

import pytest
from django.urls import reverse
from django.utils import translation

from guidance import library, marks
from guidance.checkpoint import ACTIONS, ALL_ACTIONS, CHOICES, CONCERNS, GENTLE, PRESSING, Advice, Answers, advise

ALL = [Answers(*values) for values in product(*(("", *allowed) for allowed in CHOICES.values())) if values[0] != "yes"]
GENTLE_ACTIONS = {action for actions in GENTLE.values() for action in actions}
HTMX = {"HX-Request": "true"}


def address(number):
    return reverse("guidance:checkpoint_question", kwargs={"number": number})


END = "/en/before-you-act/end/"


# What says: not now. What says: go ahead, or begin something with the person.
STOP = {"hurt", "you", "hold", "sign_nothing", "stop", "sleep", "drop"}
REST = {"hurt", "you", "hold", "sleep"}
GO = {"words", "paper", "openly", *GENTLE_ACTIONS}


def test_every_combination_gives_advice_that_is_whole_and_does_not_contradict_itself():
    for answers in ALL:
        advice = advise(answers)
        actions, worries = set(advice.actions), set(advice.concerns) - {"danger_unknown"}
        assert 2 <= len(advice.actions) <= 9, answers
        assert len(actions) == len(advice.actions), answers
        assert len(set(advice.concerns)) == len(advice.concerns), answers
        assert actions <= ALL_ACTIONS, answers
        assert set(advice.concerns) <= set(CONCERNS), answers
        assert (advice.outcome in {"first", "wait"}) == bool(worries), answers
        assert not (GENTLE_ACTIONS & actions and (worries or STOP & actions)), answers
        assert not (GO & actions and REST & actions), answers
        assert not {"stop", "sign_nothing"} <= actions, answers
        assert not {"sign_nothing", "before_paying"} <= actions, answers
        assert not {"tell", "drop"} <= actions, answers
        assert not {"hold", "tell"} <= actions, answers
        assert not {"hurt", "sleep"} <= actions, answers
        assert {"ask", "person", "you"} & actions or advice.outcome == "gentle", answers
        if answers.know == "agreed":
            assert not {"tell", "drop"} & actions, answers
        if answers.know == "refused":
            assert not {"tell", "openly"} & actions, answers


def test_danger_comes_first_then_what_binds_then_rest():
    for answers in ALL:
        advice = advise(answers)
        assert ("danger_unknown" in advice.concerns) == (not answers.danger), answers
        assert "danger_unknown" not in advice.concerns[1:], answers
        if answers.danger == "afraid":
            first = "hurt"
        elif answers.tonight == "cannot":
            first = "you"
        elif answers.pay == "signed":
            first = "stop"
        elif answers.tonight == "exhausted":
            first = "sleep"
        else:
            continue
        assert advice.actions[0] == first, answers


def test_whoever_is_afraid_or_cannot_go_on_reads_nothing_about_the_rest_of_the_plan():
    for answers in ALL:
        advice = advise(answers)
        if answers.danger == "afraid" or answers.tonight == "cannot":
            assert advice.outcome == "first"
            assert "hold" in advice.actions
            assert set(advice.concerns) <= {"danger_unknown", *PRESSING}
            assert len(advice.actions) <= 7


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_combination_has_words_in_both_languages(language):
    texts = library.current().questionnaire
    with translation.override(language):
        for answers in ALL:
            composed = texts.composed(advise(answers))
            assert composed.outcome.title[language]
            assert composed.outcome.lead[language]
            printed = [
                marks.fill(text[language], country) for text in (*composed.concerns, *composed.actions) for country in ("", "jp")
            ]
            assert all(re.search(r"\w", re.sub(r"<[^>]+>", "", text)) for text in printed), answers
            assert len(set(printed)) > len(composed.actions) - 1


def test_a_plan_is_called_gentle_only_when_nothing_speaks_against_it():
    for answers in ALL:
        if advise(answers).outcome == "gentle":
            assert answers.danger == "no"
            assert answers.pay == "no"
            assert answers.tonight in {"calm", "tired"}
            assert answers.plan not in {"", "company", "takeaway"}
            assert answers.know == "agreed" or answers.plan == "small"
            assert len(advise(answers).actions) == 3


@pytest.mark.parametrize(
    ("answers", "outcome", "concern", "action"),
    [
        (Answers("afraid", "small", "agreed", "no", "calm"), "first", "afraid", "hurt"),
        (Answers("no", "small", "agreed", "no", "cannot"), "first", "cannot", "you"),
        (Answers("no", "visit", "no", "no", "calm"), "wait", "surprise", "tell"),
        (Answers("no", "visit", "unsure", "no", "calm"), "wait", "surprise", "tell"),
        (Answers("no", "visit", "refused", "no", "calm"), "wait", "refused", "drop"),
        (Answers("no", "company", "agreed", "no", "calm"), "wait", "company", "ask"),
        (Answers("no", "clinic", "no", "no", "calm"), "wait", "trick", "openly"),
        (Answers("no", "takeaway", "agreed", "no", "calm"), "wait", "takeaway", "words"),
        (Answers("no", "talk", "no", "no", "calm"), "wait", "talk", "paper"),
        (Answers("no", "visit", "agreed", "asked", "calm"), "wait", "pay", "before_paying"),
        (Answers("no", "visit", "agreed", "soon", "calm"), "wait", "hurry", "consumer"),
        (Answers("no", "visit", "agreed", "signed", "calm"), "wait", "signed", "stop"),
        (Answers("no", "visit", "agreed", "signed", "calm"), "wait", "signed", "services"),
        (Answers("no", "visit", "agreed", "no", "exhausted"), "wait", "exhausted", "sleep"),
    ],
)
def test_each_worry_is_named_and_answered(answers, outcome, concern, action):
    advice = advise(answers)
    assert advice.outcome == outcome
    assert concern in advice.concerns
    assert action in advice.actions


def test_an_announced_visit_they_agreed_to_is_gentle():
    assert advise(Answers("no", "visit", "agreed", "no", "tired")) == Advice("gentle", (), GENTLE["meeting"])


def test_saying_nothing_at_all_decides_nothing():
    assert advise(Answers()) == Advice("open", ("danger_unknown",), ("person", "ask", "again"))


def test_every_text_of_the_file_can_be_reached():
    advised = [advise(answers) for answers in ALL]
    assert {key for advice in advised for key in advice.actions} == ALL_ACTIONS
    assert {key for advice in advised for key in advice.concerns} == {"danger_unknown", *ACTIONS}
    assert {advice.outcome for advice in advised} == set(library.current().questionnaire.outcomes)


def test_answers_that_are_none_count_as_skipped():
    assert Answers.read({"danger": "maybe", "plan": "visit", "other": "x"}).given == {"plan": "visit"}
    assert Answers.read({"danger": "no", "plan": "visit", "skip": "plan"}).given == {"danger": "no"}


@pytest.mark.parametrize("number", [2, 3, 4, 5, "end"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_danger_opens_the_help_page_and_leaves_the_answers_behind(client, language, number):
    page = f"/{language}/before-you-act/{number}/"
    response = client.post(page, {"danger": "yes", "plan": "visit"})
    assert (response.status_code, response["Location"]) == (303, f"/{language}/help/")
    assert response["Cache-Control"] == "no-store"
    response = client.post(page, {"danger": "yes"}, headers=HTMX)
    assert (response.status_code, response["HX-Redirect"], response.content) == (200, f"/{language}/help/", b"")


def test_five_questions_lead_to_the_end_and_carry_the_answers_along(client, caplog):
    caplog.set_level(logging.DEBUG)
    answers = {"danger": "no", "plan": "company", "know": "no", "pay": "soon", "tonight": "exhausted"}
    sent = {}
    response = client.get(address(1))
    for number, (key, value) in enumerate(answers.items(), start=1):
        onward = END if number == 5 else address(number + 1)
        page = response.content.decode()
        assert f'action="{onward}"' in page
        assert f'hx-post="{onward}"' in page
        for earlier, given in sent.items():
            assert f'<input type="hidden" name="{earlier}" value="{given}">' in page
        assert page.count(f'type="radio" name="{key}"') == len(CHOICES[key])
        assert " checked" not in page
        sent[key] = value
        response = client.post(onward, sent)
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
    page = response.content.decode()
    assert "Please wait before you go ahead" in page
    for text in ("Paying a firm to come", "They do not know yet", "Yes, today or in the next days", "Worn out"):
        assert text in page
    assert page.count("formaction=") == 5
    assert not any(value in record.getMessage() for record in caplog.records for value in ("company", "exhausted"))


def test_nothing_of_the_answers_is_kept_anywhere(client, caplog, settings):
    """pytest-django stops every query here. Cookies, session, log and addresses are looked at."""
    caplog.set_level(logging.DEBUG)
    sent = {"danger": "afraid", "plan": "takeaway", "know": "refused", "pay": "signed", "tonight": "exhausted", "country": "jp"}
    client.cookies[settings.SESSION_COOKIE_NAME] = "a-session"
    for path in (*map(address, range(1, 6)), END):
        for headers in ({}, HTMX):
            response = client.post(path, sent, headers=headers)
            assert response.status_code == 200
            assert response["Cache-Control"] == "no-store"
            assert not response.cookies
            assert not hasattr(response.wsgi_request, "_cached_user")
            assert not response.wsgi_request.session.accessed
            assert not response.wsgi_request.session.modified
            assert not {"HX-Push-Url", "HX-Replace-Url", "Location"} & set(response.headers)
            page = response.content.decode()
            assert not re.search(r"(?:href|action|hx-\w+)=\"[^\"]*(?:takeaway|refused|exhausted|\?)", page)
            assert 'autocomplete="off"' in page
    assert not any(value in record.getMessage() for record in caplog.records for value in ("takeaway", "refused", "exhausted"))


def money(client, language="en", **more):
    return client.post(f"/{language}/before-you-act/end/", {"danger": "no", "pay": "soon", **more}).content.decode()


def test_the_consumer_line_follows_from_the_country_the_reader_chose_and_from_nothing_else(lately_checked, client):
    page = money(client)
    assert 'href="tel:188"' not in page
    assert '<option value="jp">Japan</option>' in page
    assert 'href="tel:188"' in money(client, country="jp")
    assert 'href="tel:188"' in money(client, "ja", country="jp")
    assert "We have found no line for this in the country you chose." in money(client, country="fr")
    assert "選んだ国では、このための電話が見つかっていません。" in money(client, "ja", country="fr")
    assert "selected" not in money(client, country="zz")
    assert 'href="tel:188"' not in client.post(END, {"danger": "no", "pay": "no", "country": "jp"}).content.decode()


def test_the_country_travels_with_the_answers_and_opens_its_own_numbers(client):
    assert '<input type="hidden" name="country" value="jp">' in client.post(address(1), {"country": "jp"}).content.decode()
    assert money(client, country="jp").count('name="country" value="jp"') == 2
    response = client.post(address(2), {"danger": "yes", "country": "jp"})
    assert (response.status_code, response["Location"]) == (303, "/en/help/jp/")
    response = client.post(address(2), {"danger": "yes", "country": "nowhere"})
    assert (response.status_code, response["Location"]) == (303, "/en/help/")


def test_going_back_keeps_every_answer(client):
    page = client.post(address(3), {"danger": "no", "plan": "visit", "know": "refused", "pay": "asked"}).content.decode()
    assert f'<form method="post" action="{address(2)}"' in page
    assert page.count('name="plan" value="visit"') == 2
    assert 'name="know" value="refused" checked' in page
    assert 'name="pay" value="asked"' in page


def test_the_first_question_goes_back_to_the_start_by_a_link(client):
    assert '<a class="back" href="/en/before-you-act/"' in client.get(address(1)).content.decode()


def test_changing_an_answer_returns_to_the_end(client):
    page = client.post(address(2), {"danger": "no", "plan": "visit", "change": "1"}).content.decode()
    assert page.count(f'action="{END}"') == 2
    assert f'action="{address(3)}"' not in page


def test_skipping_forgets_what_was_chosen(client):
    page = client.post(address(3), {"danger": "no", "plan": "visit", "skip": "plan"}).content.decode()
    assert 'name="plan"' not in page


def test_the_new_question_takes_the_focus_only_when_htmx_brings_it(client):
    assert "autofocus" not in client.post(address(2), {}).content.decode()
    assert '<h1 tabindex="-1" autofocus>' in client.post(address(2), {}, headers=HTMX).content.decode()


def test_the_end_without_answers_goes_to_the_start(client):
    response = client.get(END)
    assert (response.status_code, response["Location"]) == (303, "/en/before-you-act/")


@pytest.mark.parametrize("number", [0, 6, 99])
def test_there_are_five_questions(client, number):
    assert client.get(f"/en/before-you-act/{number}/").status_code == 404


@pytest.mark.parametrize("path", ["/en/before-you-act/2/", END, "/en/display/"])
def test_another_site_cannot_post_here(client, path):
    assert client.post(path, {}, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert client.post(path, {}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(path, {"danger": "no"}, headers={"Sec-Fetch-Site": "same-origin"}).status_code in {200, 303}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_ending_has_a_page_that_says_what_was_told(client, language):
    endings = {}
    for answers in ALL:
        advice = advise(answers)
        endings.setdefault((advice.outcome, advice.concerns), answers)
    for answers in list(endings.values())[::3]:
        response = client.post(f"/{language}/before-you-act/end/", answers.given)
        assert response.status_code == 200
        assert response.content.decode().count("formaction=") == 5
    assert len(endings) > 50

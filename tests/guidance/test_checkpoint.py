"""Before you act: danger first, nothing kept, and advice that makes sense after any answers."""

import logging
from itertools import product

import pytest
from django.urls import reverse

from guidance import library
from guidance.checkpoint import ACTIONS, ALL_ACTIONS, CHOICES, CONCERNS, GENTLE, Advice, Answers, advise

ALL = [Answers(*values) for values in product(*(("", *allowed) for allowed in CHOICES.values())) if values[0] != "yes"]
GENTLE_ACTIONS = {action for actions in GENTLE.values() for action in actions}
HTMX = {"HX-Request": "true"}


def address(number):
    return reverse("guidance:checkpoint_question", kwargs={"number": number})


END = "/en/before-you-act/end/"


def test_every_combination_gives_advice_that_is_whole_and_does_not_contradict_itself():
    for answers in ALL:
        advice = advise(answers)
        worries = set(advice.concerns) - {"danger_unknown"}
        assert 2 <= len(advice.actions) <= 10, answers
        assert len(set(advice.actions)) == len(advice.actions), answers
        assert len(set(advice.concerns)) == len(advice.concerns), answers
        assert set(advice.actions) <= ALL_ACTIONS, answers
        assert set(advice.concerns) <= set(CONCERNS), answers
        assert (advice.outcome in {"first", "wait"}) == bool(worries), answers
        assert not (GENTLE_ACTIONS & set(advice.actions) and worries), answers
        assert ("danger_unknown" in advice.concerns) == (not answers.danger), answers
        if answers.know == "agreed":
            assert not {"tell", "drop"} & set(advice.actions), answers
        if answers.know == "refused":
            assert not {"tell", "openly"} & set(advice.actions), answers


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
        (Answers("no", "visit", "agreed", "signed", "calm"), "wait", "signed", "company"),
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
    for text in ("Paying a firm to come", "They do not know yet", "Yes, today or in the next days", "Worn out", "188"):
        assert text in page
    assert page.count("formaction=") == 5
    assert not any(value in record.getMessage() for record in caplog.records for value in ("company", "exhausted"))


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
def test_every_ending_can_be_printed_in_both_languages(client, language):
    seen = set()
    for answers in ALL:
        advice = advise(answers)
        if (key := (advice.outcome, *advice.actions)) in seen:
            continue
        seen.add(key)
        if len(seen) % 7 == 0:
            assert client.post(f"/{language}/before-you-act/end/", answers.given).status_code == 200
    assert len(seen) > 50

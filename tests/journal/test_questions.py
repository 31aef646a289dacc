"""What a family and a counsellor write to each other, and that each knows whether it was read."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.models import AccessEvent, Conflict, Draft, Reply, ReplyRead, TooLate
from tests import factories
from tests.conftest import sign_in

ANSWERS = {"danger": "no", "plan": "company", "know": "no", "pay": "asked", "tonight": "exhausted"}


def ask(client, world, **fields):
    data = {"journal": world.journal.pk, "submission": uuid.uuid4(), "share": world.share.pk, "kind": "question"}
    return client.post(reverse("journal:question_add"), {**data, "text": "Is good night enough?", **fields}, follow=True)


def timeline(client):
    return client.get(reverse("journal:entry_list")).content.decode()


def test_a_question_reaches_one_counsellor_and_says_when_it_will_be_read(parent, world):
    page = ask(parent, world).content.decode()
    assert "Sent. Not read yet. Ms counsellor: next reading day Friday" in page
    (asked,) = Reply.objects.all()
    assert asked in Reply.objects.visible_to(world.roles["counsellor"])
    assert asked not in Reply.objects.visible_to(world.roles["chosen"])
    assert b"good night" not in bytes(asked.sealed)
    assert "Is good night enough?" in timeline(parent)


def test_both_sides_see_whether_it_was_read(parent, client, world):
    ask(parent, world)
    sign_in(client, world.roles["counsellor"])
    page = client.get(reverse("journal:desk_family", args=[world.share.pk])).content.decode()
    assert "Is good night enough?" in page
    data = {"submission": uuid.uuid4(), "text": "It is."}
    client.post(reverse("journal:reply_add", args=[world.share.pk]), data)
    assert (
        "The family has not read this yet." in client.get(reverse("journal:desk_family", args=[world.share.pk])).content.decode()
    )
    sign_in(client, world.roles["owner"])
    assert "wrote back" in client.get(reverse("journal:home")).content.decode()
    page = timeline(client)
    assert "Read by Ms counsellor" in page
    assert "It is." in page
    assert "wrote back" not in client.get(reverse("journal:home")).content.decode()
    sign_in(client, world.roles["counsellor"])
    assert "Read by the family" in client.get(reverse("journal:desk_family", args=[world.share.pk])).content.decode()


def test_ones_own_question_is_no_news(parent, client, world):
    ask(parent, world)
    assert "wrote back" not in client.get(reverse("journal:home")).content.decode()
    sign_in(client, world.roles["member"])
    assert "wrote back" not in client.get(reverse("journal:home")).content.decode()
    assert "Is good night enough?" in timeline(client)


def test_an_answer_to_a_reply_about_an_entry_is_about_that_entry(parent, world):
    reply = factories.make_reply(world.share, entry=world.entry)
    page = parent.get(reverse("journal:question_add"), {"reply": reply.pk}).content.decode()
    assert "Good night is enough." in page
    ask(parent, world, reply=reply.pk, kind="message", text="Thank you.")
    assert Reply.objects.get(from_family=True).entry == world.entry


def test_an_answer_goes_to_who_wrote_and_to_nobody_else(parent, world):
    reply = factories.make_reply(world.shares["expired"])
    assert parent.get(reverse("journal:question_add"), {"reply": reply.pk}).status_code == 200
    assert ask(parent, world, reply=reply.pk, share=world.shares["expired"].pk).status_code == 422
    assert ask(parent, world, share=world.other_entry.shared.get().share_id).status_code == 422
    assert not Reply.objects.filter(from_family=True).exists()


def test_a_reply_one_may_not_read_cannot_be_answered(client, world):
    reply = factories.make_reply(world.share, entry=world.entry)
    world.entry.let_read("author")
    sign_in(client, world.roles["member"])
    assert client.get(reverse("journal:question_add"), {"reply": reply.pk}).status_code == 404
    assert client.get(reverse("journal:question_add"), {"reply": "nonsense"}).status_code == 200


def test_the_same_question_twice_is_one_and_other_words_are_another(parent, world):
    submission = uuid.uuid4()
    for text in ("One.", "One.", "One and more."):
        ask(parent, world, submission=submission, text=text)
    assert sorted(row.document.text for row in Reply.objects.all()) == ["One and more.", "One."]


def test_a_question_that_ended_unread_says_so(parent, world):
    ask(parent, world)
    world.share.revoke()
    page = timeline(parent)
    assert "It ended before this was read." in page
    assert "Is good night enough?" in page
    assert not Reply.objects.visible_to(world.roles["counsellor"]).exists()


# ---- the answers to "before you act"


def test_the_public_page_hands_its_answers_over_and_nothing_is_kept_until_they_are_sent(world):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, world.roles["owner"])
    public = browser.post(reverse("guidance:checkpoint_result"), ANSWERS).content.decode()
    assert f'action="{reverse("journal:check_ask")}"' in public
    page = browser.post(reverse("journal:check_ask"), ANSWERS)
    assert page.status_code == 200
    assert "Nothing has been sent or kept yet." in page.content.decode()
    assert not Reply.objects.exists()
    send = {**ANSWERS, "journal": world.journal.pk, "submission": uuid.uuid4(), "share": world.share.pk, "text": ""}
    assert browser.post(reverse("journal:check_add"), send).status_code == 403
    assert not Reply.objects.exists()
    token = browser.cookies["csrf"].value
    assert browser.post(reverse("journal:check_add"), {**send, "csrfmiddlewaretoken": token}).status_code == 303
    (sent,) = Reply.objects.all()
    assert sent.document.kind == "check"
    assert sent.document.answers == ANSWERS
    sign_in(browser, world.roles["counsellor"])
    desk = browser.get(reverse("journal:desk_family", args=[world.share.pk])).content.decode()
    assert desk.count("<dt>") == len(ANSWERS)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
@pytest.mark.parametrize("signed_in", [True, False])
def test_another_site_can_hand_nothing_over(client, world, headers, signed_in):
    if signed_in:
        sign_in(client, world.roles["owner"])
    response = client.post(reverse("journal:check_ask"), {**ANSWERS, "plan": "bait"}, headers=headers)
    assert response.status_code == 403
    assert "bait" not in response.content.decode()


def test_whoever_is_signed_out_keeps_the_answers_and_is_asked_to_sign_in(client, world):
    response = client.post(reverse("journal:check_ask"), ANSWERS)
    assert response.status_code == 401
    assert 'value="company"' in response.content.decode() or ">company<" in response.content.decode()


def test_danger_opens_the_help_page_and_an_empty_check_the_first_question(parent):
    assert parent.post(reverse("journal:check_ask"), {**ANSWERS, "danger": "yes"}).url == reverse("guidance:help_detail")
    assert parent.post(reverse("journal:check_ask"), {"plan": "made up"}).url == reverse("guidance:checkpoint_start")


# ---- ten minutes


@pytest.fixture
def sent(world):
    return factories.make_reply(world.share, "Good night is enough.")


def edit(client, reply, text="Good night is quite enough.", version=1):
    address = reverse("journal:reply_edit", args=[reply.share_id, reply.pk])
    return client.post(address, {"version": version, "text": text})


def test_a_reply_is_changed_in_sight_of_the_family(client, world, sent):
    ReplyRead.objects.create(reply=sent, user=world.roles["owner"])
    sign_in(client, world.roles["counsellor"])
    assert edit(client, sent).status_code == 303
    sign_in(client, world.roles["owner"])
    assert "wrote back" in client.get(reverse("journal:home")).content.decode()
    page = timeline(client)
    assert "quite enough" in page
    assert "Changed:" in page
    assert "Changed a reply" in client.get(reverse("journal:log_list")).content.decode()


def test_after_ten_minutes_it_stays_and_the_new_words_are_in_the_box_for_another(client, world, sent):
    Reply.objects.filter(pk=sent.pk).update(created_at=timezone.now() - timedelta(minutes=10))
    sign_in(client, world.roles["counsellor"])
    page = edit(client, sent, "OWL-5")
    assert page.status_code == 409
    assert "OWL-5" in page.content.decode()
    assert Reply.objects.get(pk=sent.pk).document.text == "Good night is enough."
    assert not AccessEvent.objects.filter(verb="edited").exists()
    address = reverse("journal:reply_edit", args=[sent.share_id, sent.pk])
    assert client.get(address).status_code == 302
    assert address not in client.get(reverse("journal:desk_family", args=[sent.share_id])).content.decode()


def test_two_windows_that_change_it_meet_both_texts(client, world, sent):
    sign_in(client, world.roles["counsellor"])
    edit(client, sent, "First.")
    page = edit(client, sent, "Second.")
    assert page.status_code == 409
    assert "First." in page.content.decode()
    assert "Second." in page.content.decode()
    assert edit(client, sent, "Second.", version=2).status_code == 303
    assert edit(client, sent, "Second.", version=2).status_code == 303  # the same press twice
    assert AccessEvent.objects.filter(verb="edited").count() == 2


def test_the_model_itself_refuses_late_and_stale_changes(world, sent):
    assert not sent.rewrite(1, sent.document.text)
    with transaction.atomic():
        assert sent.rewrite(1, "New.")
    with pytest.raises(Conflict):
        sent.rewrite(1, "Newer.")
    Reply.objects.filter(pk=sent.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    with pytest.raises(TooLate):
        sent.rewrite(2, "Newest.")
    assert Reply.objects.get(pk=sent.pk).document.text == "New."


@pytest.mark.parametrize("whose", ["family", "colleague"])
def test_nobody_changes_what_another_wrote(client, world, whose):
    reply = (
        factories.ask(world.share, world.roles["owner"]) if whose == "family" else factories.make_reply(world.shares["chosen"])
    )
    sign_in(client, world.roles["counsellor"])
    assert edit(client, reply).status_code == 404
    address = reverse("journal:reply_edit", args=[world.share.pk, reply.pk])
    assert client.post(address, {"version": 1, "text": "x"}).status_code == 404


def keep(client, **fields):
    return client.post(reverse("journal:question_draft"), {"sequence": 1, **fields}, headers={"HX-Request": "true"})


def test_half_a_question_is_kept_sealed_for_its_writer_and_offered_again(parent, world):
    submission = uuid.uuid4()
    assert "Draft kept at" in keep(parent, submission=submission, text="ZEBRA at night?", kind="message").content.decode()
    assert b"ZEBRA" not in bytes(Draft.objects.get().sealed)
    page = parent.get(reverse("journal:question_add")).content.decode()
    assert "ZEBRA at night?" in page
    assert re.search(r'value="message"[^>]*checked', page)
    assert "ZEBRA" not in sign_in(Client(), world.roles["member"]).get(reverse("journal:question_add")).content.decode()
    ask(parent, world, submission=submission, text="ZEBRA at night?")
    assert not Draft.objects.exists()
    keep(parent, submission=submission, text="ZEBRA at night?", kind="message")
    assert "ZEBRA" not in parent.get(reverse("journal:question_add")).content.decode()


def test_half_an_answer_stands_below_its_reply_alone_and_can_be_dropped(parent, world):
    reply = factories.make_reply(world.share, "Well done.", world.entry)
    keep(parent, reply=reply.pk, submission=uuid.uuid4(), text="Thank you for")
    assert "Thank you for" not in parent.get(reverse("journal:question_add")).content.decode()
    answering = reverse("journal:question_add", query={"reply": reply.pk})
    assert "Thank you for" in parent.get(answering).content.decode()
    plain = parent.post(reverse("journal:question_draft"), {"reply": reply.pk, "discard": "1"})
    assert plain.headers["Location"] == answering
    assert "Thank you for" not in parent.get(answering).content.decode()


def test_a_draft_without_a_script_is_kept_and_leads_back_to_the_page(parent, world):
    answer = parent.post(
        reverse("journal:question_draft"), {"submission": uuid.uuid4(), "text": "Before the appoint"}, follow=True
    )
    page = answer.content.decode()
    assert "Draft kept at" in page
    assert "Before the appoint" in page

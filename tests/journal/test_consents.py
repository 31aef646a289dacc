"""What a parent agreed to stands apart from the terms, can be taken back, and is asked again where its words change."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from journal import consent, holdings
from journal.models import AccessEvent, Consent, Draft, Entry, Export, Journal, Share, SharedEntry, User, Verb, consents, withdraw
from journal.models.sealed import SealedModel
from tests import factories
from tests.conftest import SECRET, cover, sign_in
from tests.screens import form_of_entry
from tests.test_access import ROWS, URLS
from tests.test_words_kept import WORDS, kept_form

PAGE, BACK, GIVE = "journal:consent_detail", "journal:consent_withdraw", "journal:consent_give"
NEW = "FINCH-6 ひわ"


@pytest.fixture
def owner(world):
    return world.roles["owner"]


@pytest.fixture
def taken_back(client, world, owner):
    """The first parent has taken it back, and is signed in."""
    withdraw(owner)
    return sign_in(client, owner)


def rewrite_the_words(monkeypatch):
    monkeypatch.setitem(consents.WORDS, "2100-01-01", ["Something new."])
    monkeypatch.setattr(consents, "VERSION", "2100-01-01")


def sealed_models(base=SealedModel):
    """Every model whose rows are sealed."""
    for model in base.__subclasses__():
        yield from [] if model._meta.abstract else [model]
        yield from sealed_models(model)


def sealed_rows():
    """Every sealed row there is, as the database holds it."""
    return {
        (model, pk, bytes(sealed)) for model in sealed_models() for pk, sealed in model._base_manager.values_list("pk", "sealed")
    }


def test_a_parent_sees_when_they_agreed_and_to_which_words(client, world, owner):
    sign_in(client, owner)
    page = client.get(reverse(PAGE)).content.decode()
    assert str(consents.WORDS[consents.VERSION][0]) in page
    assert "agreed" in page
    assert "Nothing new of yours is kept" in page
    assert "Taking it back erases nothing." in page


def test_the_agreement_is_a_box_of_its_own_beside_what_is_read(client, db):
    user = factories.make_user()
    sign_in(client, user)
    data = {"shared_device": "no", "country": "jp", "time_zone": "Asia/Tokyo", "understood": "on"}
    refused = client.post(reverse("journal:journal_start"), data)
    assert refused.status_code == 422
    assert "Without this nothing can be kept." in refused.content.decode()
    assert not Journal.objects.of_member(user).exists()
    client.post(reverse("journal:journal_start"), data | {"agrees": "on"})
    assert Consent.objects.standing(user).get().text_version == consents.VERSION


def test_taking_it_back_asks_who_is_there(client, world, owner):
    sign_in(client, owner)
    client.get(reverse(PAGE))
    User.objects.filter(pk=owner.pk).update(shared_device=True)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}]
    session["began"] = 0
    session.save()
    answer = client.post(reverse(BACK))
    assert answer.status_code == 303
    assert answer["Location"].startswith(reverse("journal:code_confirm"))
    owner.refresh_from_db()
    assert owner.may_write


def test_once_it_is_taken_back_no_form_keeps_anything_and_every_word_comes_back(taken_back, world, owner):
    before = sealed_rows()
    answer = taken_back.post(reverse("journal:entry_add"), form_of_entry(world, words=WORDS))
    assert answer.status_code == 422
    assert "You took your agreement back, so this is not saved." in answer.content.decode()
    _action, fields = kept_form(answer)
    assert fields["words"] == [WORDS]
    assert sealed_rows() == before


@pytest.mark.parametrize("name", sorted({name for method, name, _ in ROWS if method == "POST" and name.startswith("journal:")}))
def test_whichever_address_a_form_is_sent_to_nothing_new_is_sealed(taken_back, world, name):
    """Every address of the table: what is not named as free waits, whoever adds the next one."""
    world.rows.update({key: world.rows.get(key) or world.entry.pk for key in ("role", "absence", "cover", "handover")})
    filled = {
        "journal": world.journal.pk, "submission": world.entry.submission, "kind": "greet", "words": NEW, "text": NEW,
        "name": NEW, "sequence": 1, "version": 1, "visitor": NEW, "who": NEW, "allowed": "on", "open": "1",
        "readers": "family", "default": "new",
    }  # fmt: skip
    address = reverse(name, kwargs=world.url_arguments(URLS[name], name))
    before = sealed_rows()
    with transaction.atomic():
        answer = taken_back.post(address, filled)
        new = sealed_rows() - before
        said = [model._base_manager.get(pk=pk).document.dump() for model, pk, _sealed in new if model is not Export]
        transaction.set_rollback(True)
    assert answer.status_code in {200, 302, 303, 404, 409, 422}
    assert not [words for words in said if NEW in words]
    if address.startswith(reverse("journal:home")) and name not in consent.FREE:
        assert not new
        assert answer.status_code == 422


def test_what_reads_closes_takes_out_or_erases_waits_for_nothing(taken_back, world, owner):
    assert SECRET in taken_back.get(reverse("journal:entry_list")).content.decode()
    assert (
        SECRET in taken_back.post(reverse("journal:entry_list"), {"words": "ZEBRA", "journal": world.journal.pk}).content.decode()
    )
    assert taken_back.post(reverse("journal:export_add"), {"journal": world.journal.pk}).status_code == 303
    assert taken_back.post(reverse("journal:entry_delete", args=[world.private.pk])).status_code == 303
    assert taken_back.post(reverse("journal:visit_off", args=[world.visit.pk])).status_code == 303
    assert taken_back.get(reverse("journal:account_data")).status_code == 200


@pytest.mark.parametrize("kind", ["greet", "hard"])
def test_after_a_hard_day_help_stands_first_in_full_and_only_the_day_is_not_kept(taken_back, world, kind):
    answer = taken_back.post(reverse("journal:entry_add"), form_of_entry(world, kind=kind))
    page = answer.content.decode()
    assert ("If it is still going on" in page) == (kind == "hard")
    if kind == "hard":
        assert page.index("If it is still going on") < page.index("You took your agreement back")
        assert reverse("guidance:help_page", kwargs={"page": "you"}) in page
        assert reverse("guidance:help_page", kwargs={"page": "words"}) in page


def test_that_somebody_spoke_of_dying_leads_to_the_words_for_it_whether_or_not_anything_is_kept(taken_back, world, owner):
    words = reverse("guidance:help_page", kwargs={"page": "words"})
    for name, pk, field in (("entry_hard", world.entry.pk, "hard"), ("visit_after", world.visit.pk, "answer")):
        answer = taken_back.post(reverse(f"journal:{name}", args=[pk]), {field: "dying"})
        assert answer["Location"] == words


def test_half_written_words_that_a_page_sends_by_itself_are_not_kept_and_nothing_says_so(taken_back, world):
    answer = taken_back.post(
        reverse("journal:entry_draft"), form_of_entry(world, words=WORDS, sequence=1), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 204
    assert not Draft.objects.exists()


def test_a_fragment_is_answered_in_the_place_of_the_whole_page(taken_back, world):
    answer = taken_back.post(reverse("journal:entry_add"), form_of_entry(world, words=WORDS), headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#main"


def test_nobody_else_reads_what_they_wrote_from_the_next_request_on(client, world, owner):
    member, counsellor = (Client() for _ in range(2))
    sign_in(member, world.roles["member"])
    sign_in(counsellor, world.roles["counsellor"])
    desk = reverse("journal:desk_family", args=[world.share.pk])
    assert SECRET in member.get(reverse("journal:entry_list")).content.decode()
    assert SECRET in counsellor.get(desk).content.decode()
    sign_in(client, owner)
    client.post(reverse(BACK))
    assert SECRET not in member.get(reverse("journal:entry_list")).content.decode()
    assert SECRET not in counsellor.get(desk).content.decode()
    assert not SharedEntry.objects.filter(entry__author=owner).exists()
    assert AccessEvent.objects.filter(journal=world.journal, verb=Verb.NARROWED).exists()
    assert SECRET in client.get(reverse("journal:entry_list")).content.decode()


def test_what_the_other_parent_chose_stands(world, owner):
    member = world.roles["member"]
    theirs = factories.make_entry(world.journal, member, "theirs", audience="family")
    factories.choose(theirs, world.share)
    Share.objects.filter(pk=world.share.pk).update(granted_by=member, default="new")
    withdraw(owner)
    assert Entry.objects.visible_to(world.roles["counsellor"]).filter(pk=theirs.pk).exists()
    world.share.refresh_from_db()
    assert world.share.default == "new"
    assert world.share.revoked_at is None


def test_where_one_writes_alone_the_reading_ends(client, db):
    parent, counsellor = factories.make_user("parent"), factories.make_user("ono")
    journal = factories.make_journal(parent)
    share = factories.make_share(journal, factories.make_role(factories.make_centre(), counsellor))
    factories.choose(factories.make_entry(journal, parent, SECRET, audience="family"), share)
    withdraw(parent)
    sign_in(client, counsellor)
    assert client.get(reverse("journal:desk_family", args=[share.pk])).status_code == 404
    assert AccessEvent.objects.filter(journal=journal, verb=Verb.STOPPED).exists()
    assert not AccessEvent.objects.faults(journal.pk)


def test_it_is_taken_back_also_where_the_log_of_the_journal_cannot_be_written(world, owner, monkeypatch):
    from journal.models import LogUnavailable

    def broken(*args, **kwargs):
        raise LogUnavailable

    monkeypatch.setattr("journal.models.log.AccessEventQuerySet.record", broken)
    withdraw(owner)
    assert not SharedEntry.objects.filter(entry__author=owner).exists()


def test_agreeing_again_is_one_press_and_opens_nothing_by_itself(taken_back, world, owner):
    taken_back.post(reverse(GIVE))
    owner.refresh_from_db()
    assert owner.may_write
    assert owner.consent_ended_at is None
    assert taken_back.post(reverse("journal:entry_add"), form_of_entry(world)).status_code == 303
    assert not Entry.objects.visible_to(world.roles["member"]).filter(author=owner, pk=world.entry.pk).exists()
    page = taken_back.get(reverse(PAGE)).content.decode()
    assert page.count("taken back") == 1


def test_the_button_beside_the_words_agrees_and_saves_them_in_one_press(taken_back, world, owner):
    answer = taken_back.post(reverse("journal:entry_add"), form_of_entry(world, words=WORDS))
    action, fields = kept_form(answer)
    assert taken_back.post(action, fields | {"agree": consents.VERSION}).status_code == 303
    saved = Entry.objects.of_family(owner, world.journal).opened()[0]
    assert saved.document.words == WORDS
    owner.refresh_from_db()
    assert owner.may_write


def test_a_button_of_an_older_page_agrees_to_nothing(taken_back, world, owner):
    answer = taken_back.post(reverse("journal:entry_add"), form_of_entry(world, agree="2026-11"))
    assert answer.status_code == 422
    owner.refresh_from_db()
    assert not owner.may_write


def test_new_words_ask_again_and_lock_nobody_out_of_reading_closing_or_help(client, world, owner, monkeypatch):
    sign_in(client, owner)
    rewrite_the_words(monkeypatch)
    home = client.get(reverse("journal:home")).content.decode()
    assert "What you agree to has been rewritten" in home
    assert "Something new." in home
    assert SECRET in client.get(reverse("journal:entry_list")).content.decode()
    assert client.post(reverse("journal:share_stop", args=[world.share.pk])).status_code == 303
    assert client.post(reverse("journal:entry_readers", args=[world.entry.pk]), {"readers": "author"}).status_code == 303
    assert not SharedEntry.objects.filter(entry=world.entry).exists()
    asked = client.post(reverse("journal:entry_add"), form_of_entry(world, words=WORDS))
    assert asked.status_code == 422
    action, fields = kept_form(asked)
    assert client.post(action, fields | {"agree": "2100-01-01"}).status_code == 303
    assert "What you agree to has been rewritten" not in client.get(reverse("journal:home")).content.decode()


def test_whoever_took_it_back_is_told_quietly_and_not_asked_again(taken_back):
    home = taken_back.get(reverse("journal:home")).content.decode()
    assert "You took your agreement back on" in home
    assert reverse(GIVE) not in home


@pytest.mark.parametrize("role", ["counsellor", "manager", "contact"])
def test_who_writes_nowhere_is_not_asked_and_meets_nothing(client, world, role):
    sign_in(client, world.roles[role])
    assert client.post(reverse("journal:entry_add"), form_of_entry(world)).status_code == 404
    assert "You keep no journal here" in client.get(reverse(PAGE)).content.decode()


def test_while_the_words_are_asked_for_a_covered_page_still_asks_who_is_there_first(client, world, owner, monkeypatch):
    sign_in(client, owner)
    client.get(reverse("journal:home"))
    rewrite_the_words(monkeypatch)
    cover(client)
    assert client.post(reverse("journal:entry_add"), form_of_entry(world, agree="2100-01-01")).status_code == 401
    owner.refresh_from_db()
    assert owner.consent_version != "2100-01-01"


def test_reading_a_step_moves_no_bookmark_once_it_is_taken_back(taken_back, world):
    before = sealed_rows()
    taken_back.get(reverse("journal:place", kwargs={"number": 5}), headers={"HX-Request": "true"})
    assert sealed_rows() == before


def test_what_was_agreed_and_taken_back_is_in_what_an_account_can_take_out(taken_back, owner):
    held = holdings.of_account(owner)["consents"]
    assert held[0]["withdrawn_at"] is not None
    assert held[0]["text_version"] == consents.VERSION


def test_each_name_that_is_free_is_an_address_under_notes_that_takes_a_form():
    posted = {name for method, name, _ in ROWS if method == "POST"}
    assert posted >= consent.FREE | set(consent.LESS)

"""People to lean on and the family's own page, as two parents use them."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from journal.models import AskedNotTo, Conflict, Erased, FamilyPage, PageContent, PersonContent, SupportPerson
from journal.models.agreements import binned_rows, purge_family_bin
from journal.models.bin import BIN_DAYS
from tests import factories
from tests.conftest import sign_in
from tests.tools.markup import Markup


@pytest.fixture
def family(db):
    """Two parents of one journal."""
    mother, father = factories.make_user("Sumire"), factories.make_user("Ken")
    return factories.make_journal(mother, father), mother, father


def form(**fields):
    return {"submission": str(uuid.uuid4()), "version": 1, "state": "knows", "name": "My sister", "next": "", **fields}


def names(user, journal):
    return [person.document.name for person in SupportPerson.objects.of_family(user, journal).opened()]


def test_what_one_parent_writes_down_the_other_reads_and_changes(client, family):
    journal, mother, father = family
    sign_in(client, mother)
    assert client.post(reverse("journal:person_add"), form(next="An hour on Sunday")).status_code == 303
    (person,) = SupportPerson.objects.of_family(father, journal)
    sign_in(client, father)
    assert "An hour on Sunday" in client.get(reverse("journal:person_list")).content.decode()
    client.post(reverse("journal:person_edit", args=[person.pk]), form(state="could", next="Half an hour"))
    (person,) = SupportPerson.objects.of_family(mother, journal).opened()
    assert (person.document.state, person.document.next) == ("could", "Half an hour")


def test_a_name_and_a_state_never_stand_in_the_database_in_clear(family):
    journal, mother, _father = family
    person = factories.make_person(journal, mother, "Marigold", state="asked")
    stored = SupportPerson.objects.filter(pk=person.pk).values().get()
    assert b"Marigold" not in bytes(stored.pop("sealed"))
    assert not {"Marigold", "asked"} & {str(value) for value in stored.values()}


def test_the_same_press_twice_writes_one_person_and_other_words_are_kept_beside_the_first(client, family):
    journal, mother, _father = family
    sign_in(client, mother)
    sent = form()
    for _ in range(2):
        assert client.post(reverse("journal:person_add"), sent).status_code == 303
    assert names(mother, journal) == ["My sister"]
    answer = client.post(reverse("journal:person_add"), sent | {"name": "My aunt"})
    assert answer.status_code == 409
    assert "My sister" in answer.content.decode()
    assert "My aunt" in answer.content.decode()
    assert names(mother, journal) == ["My sister"]


def test_whom_they_asked_not_to_tell_is_moved_by_no_other_choice(client, family):
    journal, mother, father = family
    person = factories.make_person(journal, mother, "My brother", state="asked")
    sign_in(client, father)
    address = reverse("journal:person_edit", args=[person.pk])
    answer = client.post(address, form(name="My brother", state="could", next="A lift on Monday"))
    assert answer.status_code == 422
    assert "A lift on Monday" in answer.content.decode()
    assert SupportPerson.objects.get(pk=person.pk).is_asked
    client.post(reverse("journal:person_delete", args=[person.pk]))
    assert SupportPerson.objects.get(pk=person.pk).deleted_at is None
    assert client.post(address, form(name="My brother", state="could", taken_back="on")).status_code == 303
    assert not SupportPerson.objects.get(pk=person.pk).is_asked


def test_the_model_refuses_it_too_whatever_form_asks(family):
    journal, mother, _father = family
    person = factories.make_person(journal, mother, "My brother", state="asked")
    with pytest.raises(AskedNotTo):
        person.rewrite(1, PersonContent(name="My brother", state="knows"))
    with pytest.raises(AskedNotTo):
        person.put_in_bin()
    person.rewrite(1, PersonContent(name="My little brother", state="asked"))
    assert SupportPerson.objects.get(pk=person.pk).document.name == "My little brother"


@pytest.mark.parametrize("other", ["my brother", "MY  BROTHER", "Ｍｙ brother", "my brother さん"])
def test_whom_they_asked_not_to_tell_cannot_be_written_down_again_elsewhere(client, family, other):
    journal, mother, _father = family
    factories.make_person(journal, mother, "My brother", state="asked")
    sign_in(client, mother)
    answer = client.post(reverse("journal:person_add"), form(name=other, state="could"))
    assert answer.status_code == 422
    assert names(mother, journal) == ["My brother"]


def test_nothing_is_asked_of_somebody_who_is_not_told(client, family):
    _journal, mother, _father = family
    sign_in(client, mother)
    answer = client.post(reverse("journal:person_add"), form(state="not_now", next="A lift"))
    assert answer.status_code == 422
    assert "A lift" in answer.content.decode()


def test_no_field_asks_what_anyone_was_told():
    assert set(PersonContent.__dataclass_fields__) == {"v", "name", "state", "next"}


def test_when_both_change_a_person_both_texts_are_shown_and_nothing_is_overwritten(client, family):
    journal, mother, father = family
    person = factories.make_person(journal, mother)
    address = reverse("journal:person_edit", args=[person.pk])
    sign_in(client, father)
    client.post(address, form(name="Her sister"))
    sign_in(client, mother)
    answer = client.post(address, form(name="My elder sister"))
    assert answer.status_code == 409
    assert "Her sister" in answer.content.decode()
    assert "My elder sister" in answer.content.decode()
    assert names(mother, journal) == ["Her sister"]
    assert client.post(address, form(name="My elder sister", version=2)).status_code == 303
    assert names(mother, journal) == ["My elder sister"]


def test_words_for_a_person_in_the_bin_are_kept_as_a_new_one(client, family):
    journal, mother, _father = family
    person = factories.make_person(journal, mother)
    person.put_in_bin()
    sign_in(client, mother)
    answer = client.post(reverse("journal:person_edit", args=[person.pk]), form(name="My aunt"))
    assert answer.status_code == 409
    assert f'action="{reverse("journal:person_add")}"' in answer.content.decode()
    assert "My aunt" in answer.content.decode()


def test_one_bin_holds_days_people_and_agreements_but_of_days_only_ones_own(client, family):
    journal, mother, father = family
    factories.make_entry(journal, mother, "her own words", audience="family").put_in_bin()
    factories.make_entry(journal, father, "his own words", audience="family").put_in_bin()
    factories.make_person(journal, mother).put_in_bin()
    factories.make_agreement(journal, father, "We knock.").put_in_bin()
    sign_in(client, mother)
    page = client.get(reverse("journal:entry_bin")).content.decode()
    assert page.index("her own words") < page.index("My sister")
    assert "We knock." in page
    assert "his own words" not in page


def test_the_bin_gives_back_for_thirty_days_and_then_everything_is_gone(client, family):
    journal, mother, father = family
    person = factories.make_person(journal, mother)
    sign_in(client, mother)
    client.post(reverse("journal:person_delete", args=[person.pk]))
    assert names(mother, journal) == []
    sign_in(client, father)
    assert "My sister" in client.get(reverse("journal:entry_bin")).content.decode()
    client.post(reverse("journal:row_restore", args=[person.pk]))
    assert names(mother, journal) == ["My sister"]
    person.put_in_bin()
    SupportPerson.objects.filter(pk=person.pk).update(deleted_at=timezone.now() - timedelta(days=BIN_DAYS, seconds=1))
    assert binned_rows(mother) == []
    assert client.post(reverse("journal:row_restore", args=[person.pk])).status_code == 404
    assert purge_family_bin() == 1
    assert not SupportPerson.objects.filter(pk=person.pk).exists()
    assert Erased.objects.filter(kind="person", row_id=str(person.pk)).exists()


@pytest.mark.parametrize("kind", ["person", "agreement"])
def test_what_was_just_removed_can_be_put_back_from_the_next_page(client, family, kind):
    journal, mother, _father = family
    row = factories.make_person(journal, mother) if kind == "person" else factories.make_agreement(journal, mother)
    sign_in(client, mother)
    removed = client.post(reverse(f"journal:{kind}_delete", args=[row.pk]), follow=True)
    (form,) = [
        form
        for form in Markup(removed.content.decode()).all("form")
        if form.get("action").startswith(reverse("journal:entry_bin"))
    ]
    assert "Removed. It can be put back from the bin for 30 days." in removed.content.decode()
    back = client.post(form.get("action"), follow=True)
    assert back.redirect_chain == [(reverse(f"journal:{kind}_list"), 303)]
    assert "It is back." in back.content.decode()
    assert not type(row).objects.get(pk=row.pk).deleted_at


def test_a_person_is_erased_at_once_when_a_parent_says_so(client, family):
    journal, mother, _father = family
    person = factories.make_person(journal, mother)
    person.put_in_bin()
    sign_in(client, mother)
    client.post(reverse("journal:row_erase", args=[person.pk]))
    assert not SupportPerson.objects.filter(pk=person.pk).exists()


def test_a_row_that_cannot_be_opened_is_shown_as_such_and_not_overwritten(client, family):
    journal, mother, _father = family
    person = factories.make_person(journal, mother)
    SupportPerson.objects.filter(pk=person.pk).update(sealed=b"\x01" * 80)
    sign_in(client, mother)
    assert "cannot be opened" in client.get(reverse("journal:person_list")).content.decode()
    assert client.post(reverse("journal:person_edit", args=[person.pk]), form()).status_code == 409
    assert bytes(SupportPerson.objects.get(pk=person.pk).sealed) == b"\x01" * 80


# ---- our page


def test_the_page_is_one_for_both_and_says_whether_they_have_read_it(client, family):
    journal, mother, father = family
    sign_in(client, mother)
    sent = {"submission": uuid.uuid4(), "version": 0, "who": "Three of us", "reach": "By letter", "seen": "yes"}
    assert client.post(reverse("journal:family_page"), sent).status_code == 303
    sign_in(client, father)
    shown = client.get(reverse("journal:family_page")).content.decode()
    assert "Three of us" in shown
    (page,) = FamilyPage.objects.of_family(father, journal).opened()
    assert page.document == PageContent(who="Three of us", reach="By letter", seen="yes")


def test_after_half_a_year_the_page_asks_whether_it_is_still_right(client, family):
    journal, mother, _father = family
    page = factories.make_page(journal, mother, who="Three of us")
    sign_in(client, mother)
    assert "Is it still right?" not in client.get(reverse("journal:family_page")).content.decode()
    FamilyPage.objects.filter(pk=page.pk).update(changed_at=timezone.now() - timedelta(days=183))
    assert "Is it still right?" in client.get(reverse("journal:family_page")).content.decode()


def test_two_first_pages_at_once_lose_no_word(client, family):
    journal, mother, father = family
    factories.make_page(journal, father, who="Father's words")
    sign_in(client, mother)
    answer = client.post(reverse("journal:family_page"), {"submission": uuid.uuid4(), "version": 0, "who": "Mother's words"})
    assert answer.status_code == 409
    assert "Father&#x27;s words" in answer.content.decode()
    assert "Mother&#x27;s words" in answer.content.decode()
    (page,) = FamilyPage.objects.of_family(mother, journal).opened()
    assert page.document.who == "Father's words"
    assert (
        client.post(reverse("journal:family_page"), {"submission": uuid.uuid4(), "version": 1, "who": "Ours"}).status_code == 303
    )


def test_the_database_holds_one_page_a_journal(family):
    journal, mother, _father = family
    membership = factories.make_membership(journal, mother)
    first, second = FamilyPage.of(membership), FamilyPage.of(membership)
    first.rewrite(0, PageContent(who="First"))
    with pytest.raises(Conflict):
        second.rewrite(0, PageContent(who="Second"))
    with pytest.raises(ValidationError):
        FamilyPage(journal=journal, sealed=b"x").validate_constraints()

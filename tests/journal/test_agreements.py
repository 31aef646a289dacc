"""House agreements: ideas, what holds, and what held before."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.models import Agreement, AgreementContent, Conflict, Erased
from journal.models.agreements import histories, purge_family_bin
from journal.models.bin import BIN_DAYS
from tests import factories
from tests.conftest import sign_in

TODAY = timezone.localdate()
NOW = {"state": "now", "since": TODAY.isoformat(), "review": (TODAY + timedelta(days=90)).isoformat(), "agreed": "We three"}
NOW |= {"told": "All of us"}


@pytest.fixture
def family(db):
    """Two parents of one journal."""
    mother, father = factories.make_user("Sumire"), factories.make_user("Ken")
    return factories.make_journal(mother, father), mother, father


def form(**fields):
    return {"submission": str(uuid.uuid4()), "version": 1, "text": "We knock.", "state": "idea", **fields}


def told(user, journal):
    return [(newest.document.text, [row.document.text for row in earlier]) for newest, earlier in histories(user, journal)]


def test_an_idea_is_enough_and_needs_neither_day_nor_name(client, family):
    journal, mother, father = family
    sign_in(client, mother)
    assert client.post(reverse("journal:agreement_add", args=["house"]), form()).status_code == 303
    assert told(father, journal) == [("We knock.", [])]
    assert "Our idea. Not talked about with them" in client.get(reverse("journal:agreement_list")).content.decode()


def test_what_nobody_was_told_cannot_be_in_use(client, family):
    journal, mother, _father = family
    sign_in(client, mother)
    answer = client.post(reverse("journal:agreement_add", args=["house"]), form(**NOW | {"told": ""}))
    assert answer.status_code == 422
    assert "binds nobody" in answer.content.decode()
    assert "We knock." in answer.content.decode()
    assert told(mother, journal) == []


@pytest.mark.parametrize("wrong", [{"review": ""}, {"review": TODAY.isoformat()}, {"agreed": ""}, {"since": "soon"}])
def test_what_is_in_use_says_who_agreed_and_when_it_is_looked_at_again(client, family, wrong):
    _journal, mother, _father = family
    sign_in(client, mother)
    assert client.post(reverse("journal:agreement_add", args=["money"]), form(**NOW | wrong)).status_code == 422


def test_an_empty_day_means_from_today(client, family):
    journal, mother, _father = family
    sign_in(client, mother)
    client.post(reverse("journal:agreement_add", args=["money"]), form(**NOW | {"since": ""}))
    ((agreement, _earlier),) = histories(mother, journal)
    assert agreement.document.since_day is not None
    assert abs(agreement.document.since_day - TODAY) <= timedelta(days=1)


def test_revising_what_is_in_use_keeps_the_old_one_below_it(client, family):
    journal, mother, father = family
    agreement = factories.make_agreement(journal, mother, "We knock.", **NOW)
    sign_in(client, father)
    answer = client.post(reverse("journal:agreement_edit", args=[agreement.pk]), form(text="We knock twice.", **NOW))
    assert answer.status_code == 303
    assert told(mother, journal) == [("We knock twice.", ["We knock."])]
    shown = client.get(reverse("journal:agreement_list")).content.decode()
    assert "Earlier version" in shown
    assert shown.index("We knock twice.") < shown.index("We knock.</p>")


def test_revising_an_idea_changes_the_idea(family):
    journal, mother, _father = family
    idea = factories.make_agreement(journal, mother)
    idea.revise(1, AgreementContent(text="We wait."), uuid.uuid4())
    assert told(mother, journal) == [("We wait.", [])]


def test_saving_it_unchanged_makes_no_version(family):
    journal, mother, _father = family
    agreement = factories.make_agreement(journal, mother, **NOW)
    agreement.revise(1, agreement.document, uuid.uuid4())
    assert told(mother, journal) == [("We knock.", [])]


def test_when_both_revise_at_once_the_second_sees_both_texts(client, family):
    journal, mother, father = family
    agreement = factories.make_agreement(journal, mother, **NOW)
    address = reverse("journal:agreement_edit", args=[agreement.pk])
    sent = form(text="Father's version.", **NOW)
    sign_in(client, father)
    client.post(address, sent)
    assert client.post(address, sent).status_code == 303, "the same press twice"
    sign_in(client, mother)
    answer = client.post(address, form(text="Mother's version.", **NOW))
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Father&#x27;s version." in shown
    assert "Mother&#x27;s version." in shown
    assert told(mother, journal) == [("Father's version.", ["We knock."])]
    newest = histories(mother, journal)[0][0]
    assert f'action="{reverse("journal:agreement_edit", args=[newest.pk])}"' in shown


def test_the_model_refuses_a_second_version_of_the_same_one(family):
    journal, mother, _father = family
    first = factories.make_agreement(journal, mother, **NOW)
    second = Agreement.objects.get(pk=first.pk)
    first.revise(1, AgreementContent(text="A", **NOW), uuid.uuid4())
    with pytest.raises(Conflict):
        second.revise(1, AgreementContent(text="B", **NOW), uuid.uuid4())


def test_words_for_an_agreement_in_the_bin_come_back(client, family):
    journal, mother, _father = family
    agreement = factories.make_agreement(journal, mother)
    agreement.put_in_bin()
    sign_in(client, mother)
    answer = client.post(reverse("journal:agreement_edit", args=[agreement.pk]), form(text="We wait at the door."))
    assert answer.status_code == 409
    assert "We wait at the door." in answer.content.decode()
    assert f'action="{reverse("journal:agreement_add", args=["house"])}"' in answer.content.decode()


def test_the_bin_takes_the_earlier_versions_along_and_erasing_leaves_none(family):
    journal, mother, _father = family
    first = factories.make_agreement(journal, mother, **NOW)
    second = first.revise(1, AgreementContent(text="Second.", **NOW), uuid.uuid4())
    second.put_in_bin()
    assert told(mother, journal) == []
    second.put_back()
    assert told(mother, journal) == [("Second.", ["We knock."])]
    second.put_in_bin()
    Agreement.objects.filter(pk=second.pk).update(deleted_at=timezone.now() - timedelta(days=BIN_DAYS, seconds=1))
    assert purge_family_bin() == 1
    assert not Agreement.objects.filter(journal=journal).exists()
    assert Erased.objects.filter(kind="agreement").count() == 2


def test_the_money_sheet_has_two_halves(client, family):
    journal, mother, _father = family
    sign_in(client, mother)
    sent = form(text="A pension, the house", needed="Heating, food")
    client.post(reverse("journal:agreement_add", args=["sheet"]), sent)
    ((sheet, _earlier),) = histories(mother, journal)
    assert (sheet.document.topic, sheet.document.needed) == ("sheet", "Heating, food")


def test_an_unknown_topic_is_not_there(client, family):
    sign_in(client, family[1])
    assert client.get(reverse("journal:agreement_add", args=["will"])).status_code == 404


def test_the_list_costs_the_same_for_three_and_for_thirty(client, family):
    journal, mother, _father = family
    sign_in(client, mother)
    numbers = []
    for more in (3, 27):
        for _ in range(more):
            agreement = factories.make_agreement(journal, mother, **NOW)
            agreement.revise(1, AgreementContent(text="Later.", **NOW), uuid.uuid4())
            factories.make_person(journal, mother)
        counted = []
        for name in ("journal:agreement_list", "journal:person_list", "journal:entry_bin"):
            client.get(reverse(name))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(name))
            counted.append(len(queries))
        numbers.append(counted)
    assert numbers[0] == numbers[1]

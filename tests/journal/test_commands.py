"""`manage.py centre` and `manage.py counsellor`: who works where, set up by the operator."""

import re
import uuid

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from journal.models import Centre, CentreRole, Draft, Invitation, Journal, Share, User
from tests import factories
from tests.conftest import sign_in
from tests.screens import form_of_entry

NAMES = {"name_en": "Ms Ono", "name_ja": "小野さん", "licence_en": "Psychologist", "licence_ja": "公認心理師"}


@pytest.fixture
def run(db, capsys):
    """Run a command as typed in a shell, and return what it printed."""

    def typed(*words, **options):
        for name, value in options.items():
            flag = f"--{name.replace('_', '-')}"
            words += (flag,) if value is True else (f"{flag}={value}",)
        call_command(*words)
        return capsys.readouterr().out

    return typed


@pytest.fixture
def centre(db):
    return factories.make_centre()


@pytest.fixture
def add(run, centre):
    def typed(email="ono@example.org", **options):
        return run("counsellor", "add", **{"centre": str(centre.pk), "email": email, "days": "fri", **NAMES, **options})

    return typed


def link_in(text):
    return re.search(r"https?://\S+", text)[0]


def test_a_new_centre_prints_its_id_and_a_second_run_prints_the_same(run):
    printed = run("centre", "add", name_en="River Centre", name_ja="川センター").strip()
    assert Centre.objects.get(pk=uuid.UUID(printed)).name("ja") == "川センター"
    assert run("centre", "add", name_en="River Centre", name_ja="川センター").strip() == printed
    assert Centre.objects.count() == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_centre_needs_both_names_and_room_for_them(run, name):
    with pytest.raises(CommandError, match="Both names"):
        run("centre", "add", name_en=name, name_ja="川センター")


def test_a_centre_gets_other_names_and_an_unknown_one_is_refused(run, centre):
    assert "Hill Centre" in run("centre", "set", str(centre.pk), name_en="Hill Centre", name_ja="丘センター")
    assert Centre.objects.get().name("ja") == "丘センター"
    for unknown in (str(uuid.uuid4()), "nonsense"):
        with pytest.raises(CommandError, match="No centre"):
            run("centre", "set", unknown, name_en="Hill Centre", name_ja="丘センター")


def test_a_new_counsellor_has_no_password_and_reads_nothing_before_the_approval(add):
    printed = add(days="Fri,tue")
    role = CentreRole.objects.get()
    assert (role.role, role.name_ja, role.licence_en, role.weekdays) == ("counsellor", "小野さん", "Psychologist", [1, 4])
    assert not role.user.has_usable_password()
    assert not CentreRole.objects.active().exists()
    assert "counsellor approve ono@example.org" in printed


def test_the_sign_up_link_lets_a_counsellor_choose_a_password_once(add):
    path = link_in(add(site="http://localhost:8000")).removeprefix("http://localhost:8000")
    Client().post(path, {"password": "a long enough one"})
    assert User.objects.get().check_password("a long enough one")
    Client().post(path, {"password": "another long one"})
    assert User.objects.get().check_password("a long enough one")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_link_begins_with_the_site_that_was_named_and_opens_in_the_language_of_the_counsellor(add, language):
    link = link_in(add(site="https://light.example.org/", language=language))
    assert link.startswith(f"https://light.example.org/{language}/account/")
    assert User.objects.get().language == language
    assert User.objects.get().display_name == {"en": "Ms Ono", "ja": "小野さん"}[language]


def test_on_a_machine_of_its_own_the_link_opens_there(add, settings):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    assert link_in(add()).startswith("http://localhost:8000/")


def test_without_a_name_the_first_public_host_is_the_site(add, settings):
    settings.ALLOWED_HOSTS = ["localhost", ".example.org", "light.example.org"]
    assert link_in(add()).startswith("https://light.example.org/")


@pytest.mark.parametrize("site", ["http://light.example.org", "light.example.org", "ftp://localhost", "https://"])
def test_the_link_does_not_travel_in_the_open(add, site):
    with pytest.raises(CommandError, match="--site"):
        add(site=site)
    assert not User.objects.exists()


def test_adding_again_changes_nothing_and_only_the_newest_link_works(add):
    add()
    printed = add(name_en="Mr Else", days="mon")
    role = CentreRole.objects.get()
    assert (role.name_en, role.reading_days, User.objects.count()) == ("Ms Ono", "4", 1)
    assert "already" in printed
    assert Invitation.objects.open("sign_up").count() == 1
    assert Invitation.objects.by_link(link_in(printed).rstrip("/").rsplit("/", 1)[1]).counsellor == role


def test_small_and_capital_letters_are_one_person(add):
    add()
    add(email="ONO@example.org", manager=True)
    assert sorted(CentreRole.objects.values_list("role", "user__email")) == [
        ("counsellor", "ono@example.org"),
        ("manager", "ono@example.org"),
    ]


def test_somebody_with_a_password_gets_no_link_that_would_replace_it(add):
    factories.make_user(email="ono@example.org", password="a long enough one")
    assert "http" not in add()


def test_a_manager_needs_neither_licence_nor_days(add):
    add(manager=True, days="", licence_en="", licence_ja="")
    assert CentreRole.objects.get().role == "manager"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"days": "fri,someday"}, "--days"),
        ({"days": ""}, "--days"),
        ({"licence_ja": " "}, "licence"),
        ({"name_ja": ""}, "names"),
        ({"name_en": "x" * 61}, "--name-en"),
        ({"email": "no address"}, "e-mail"),
        ({"centre": "nonsense"}, "No centre"),
        ({"centre": str(uuid.uuid4())}, "No centre"),
    ],
)
def test_what_is_missing_is_said_in_one_line_and_nothing_is_made(add, options, message):
    with pytest.raises(CommandError, match=message) as told:
        add(**options)
    assert "\n" not in str(told.value)
    assert not User.objects.exists()


def test_a_closed_account_gets_no_role(add):
    factories.make_user(email="ono@example.org", is_active=False)
    with pytest.raises(CommandError, match="closed"):
        add()


def test_where_one_approval_is_enough_the_operator_gives_it(add, run, settings):
    settings.SECOND_APPROVAL_REQUIRED = False
    add()
    assert "is approved" in run("counsellor", "approve", "ono@example.org")
    assert CentreRole.objects.active().exists()
    assert "approved before" in run("counsellor", "approve", "ono@example.org")


def test_where_two_are_needed_the_second_is_by_a_manager_of_the_same_centre(add, run, centre, settings):
    settings.SECOND_APPROVAL_REQUIRED = True
    add()
    manager = factories.make_user("manager", email="manager@example.org")
    factories.make_role(centre, manager, "manager")
    assert "still needed" in run("counsellor", "approve", "ono@example.org")
    with pytest.raises(CommandError, match="another person"):
        run("counsellor", "approve", "ono@example.org")
    assert not CentreRole.objects.counsellor_of(User.objects.get(email="ono@example.org")).exists()
    assert "is approved" in run("counsellor", "approve", "ono@example.org", by="Manager@example.org")
    role = CentreRole.objects.counsellor_of(User.objects.get(email="ono@example.org")).get()
    assert (role.approved_by, role.second_approved_by) == (None, manager)


def test_one_manager_cannot_approve_twice(add, run, centre, settings):
    settings.SECOND_APPROVAL_REQUIRED = True
    add()
    factories.make_role(centre, factories.make_user(email="manager@example.org"), "manager")
    run("counsellor", "approve", "ono@example.org", by="manager@example.org")
    with pytest.raises(CommandError, match="another person"):
        run("counsellor", "approve", "ono@example.org", by="manager@example.org")


def test_nobody_approves_themselves_and_no_stranger_approves(add, run, centre):
    ono = factories.make_user(email="ono@example.org")
    factories.make_role(centre, ono, "manager")
    elsewhere = Centre.objects.create(name_en="South Centre", name_ja="南センター")
    factories.make_role(elsewhere, factories.make_user(email="south@example.org"), "manager")
    factories.make_role(centre, factories.make_user(email="new@example.org"), "manager", approved=False)
    add()
    with pytest.raises(CommandError, match="their own"):
        run("counsellor", "approve", "ono@example.org", by="ono@example.org")
    for email in ("south@example.org", "new@example.org", "nobody@example.org"):
        with pytest.raises(CommandError, match="no approved manager"):
            run("counsellor", "approve", "ono@example.org", by=email)
    assert not CentreRole.objects.counsellor_of(ono).exists()


def test_several_roles_of_one_person_are_approved_and_ended_together_or_at_one_centre(add, run, centre, settings):
    settings.SECOND_APPROVAL_REQUIRED = False
    elsewhere = Centre.objects.create(name_en="South Centre", name_ja="南センター")
    add()
    add(centre=str(elsewhere.pk))
    add(manager=True)
    assert run("counsellor", "approve", "ono@example.org").count("is approved") == 3
    assert "counsellor at South Centre is deactivated" in run(
        "counsellor", "deactivate", "ono@example.org", centre=str(elsewhere.pk)
    )
    assert set(CentreRole.objects.active().values_list("centre__name_en", "role")) == {
        ("North Centre", "counsellor"),
        ("North Centre", "manager"),
    }
    assert run("counsellor", "deactivate", "ono@example.org").count("is deactivated") == 2
    assert not CentreRole.objects.active().exists()


def test_whoever_is_deactivated_reads_nothing_and_does_not_come_back(world, run, add):
    role = world.share.counsellor
    run("counsellor", "deactivate", role.user.email)
    assert not Journal.objects.of_counsellor(role.user).exists()
    assert not Share.objects.of_counsellor(role.user).exists()
    assert "deactivated before" in run("counsellor", "deactivate", role.user.email)
    with pytest.raises(CommandError, match="no role"):
        run("counsellor", "approve", role.user.email)
    with pytest.raises(CommandError, match="was deactivated there"):
        add(email=role.user.email, centre=str(role.centre_id))
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("action", ["approve", "deactivate"])
def test_an_address_without_a_role_is_named(run, action):
    with pytest.raises(CommandError, match=r"nobody@example\.org has no role"):
        run("counsellor", action, "nobody@example.org")


def test_a_role_at_another_centre_is_not_meant(run, world):
    with pytest.raises(CommandError, match="no role there"):
        run("counsellor", "approve", world.share.counsellor.user.email, centre=str(factories.make_centre().pk))


def test_a_parent_who_becomes_a_counsellor_gets_no_link_that_would_open_the_journal(add):
    factories.make_journal(factories.make_user(email="ono@example.org"))
    assert "http" not in add()
    assert not Invitation.objects.exists()


# ---- sessions


def test_the_operator_signs_one_person_out_everywhere_and_nobody_else(run, world):
    owner, member = world.roles["owner"], world.roles["member"]
    here, there, other = (sign_in(Client(), user) for user in (owner, owner, member))
    EmailAddress.objects.create(user=owner, email="second@example.test", verified=True)
    for address in (owner.email.upper(), "second@example.test"):
        assert "is signed out everywhere" in run("sessions", "end", address)
        for client in (here, there):
            assert client.get(reverse("journal:home"))["Location"].startswith(reverse("account_login"))
        assert other.get(reverse("journal:home")).status_code == 200
        here = sign_in(Client(), User.objects.get(pk=owner.pk))


def test_the_operator_signs_everybody_out_and_no_draft_is_lost(run, world):
    clients = [sign_in(Client(), world.roles[role]) for role in ("owner", "counsellor")]
    clients[0].post(reverse("journal:entry_draft"), {**form_of_entry(world, words="Half"), "sequence": "1"})
    assert "Everybody is signed out." in run("sessions", "end", all=True)
    for client in clients:
        assert client.get(reverse("journal:account_edit"))["Location"].startswith(reverse("account_login"))
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("words", [("end",), ("end", "nobody@example.test"), ("end", "a@example.test", "--all")])
def test_ending_sessions_takes_one_address_that_is_there_or_all(run, words):
    with pytest.raises(CommandError, match="Name one address|No account has"):
        run("sessions", *words)

"""A number is shown only while somebody has looked at it within half a year; emergency numbers always are."""

from datetime import date, timedelta

import pytest

from guidance import helplines as directory
from guidance import library, marks
from tests.guidance.content import helplines, line

READ = date(2026, 11, 1)


def read(tmp_path, **fields):
    path = tmp_path / "helplines.yaml"
    path.write_text(helplines(line(**fields)), "utf-8")
    return directory.read(path)


def test_a_number_is_shown_for_180_days_after_it_was_read(tmp_path):
    one = read(tmp_path).line("listening")
    assert one.shows_number(READ)
    assert one.shows_number(READ + timedelta(days=179))
    assert not one.shows_number(READ + timedelta(days=180))
    assert marks.standing(one, READ) == "From a leaflet, 2024. Not yet confirmed by a person."
    assert marks.standing(one, READ + timedelta(days=180)).startswith("Its number was last checked on Nov. 1, 2026")


def test_a_confirmation_by_a_person_counts_from_its_own_day(tmp_path):
    one = read(tmp_path, verified_on="2027-03-01", verified_by="A. Person").line("listening")
    assert one.shows_number(date(2027, 8, 1))
    assert marks.standing(one, date(2027, 8, 1)) == "Confirmed on March 1, 2027."


def test_an_unconfirmed_line_never_shows_its_number(tmp_path):
    one = read(tmp_path, seen="unconfirmed").line("listening")
    assert not one.shows_number(READ)
    assert "0120" not in marks.helpline(one, READ)
    assert marks.standing(one, READ) == "We have not been able to confirm its number."


def test_emergency_numbers_never_grow_old(tmp_path):
    numbers = read(tmp_path, read_on="2001-01-01").emergency("jp")
    assert [item.number for item in numbers] == ["110", "119"]


@pytest.mark.parametrize("code", ["", None, "zz", "JP"])
def test_nobody_gets_the_numbers_of_a_country_they_did_not_name(tmp_path, code):
    assert read(tmp_path).emergency(code) == ()


def test_telephones_can_dial_a_number_with_a_sharp(tmp_path):
    path = tmp_path / "helplines.yaml"
    path.write_text(helplines(line()).replace('"0120-000-111"', '"#9110"').replace('"0120000111"', '"#9110"'), "utf-8")
    assert directory.read(path).line("listening").href == "tel:%239110"


def test_each_number_says_until_when_it_is_shown(tmp_path):
    assert read(tmp_path).line("listening").lapses_on() == READ + timedelta(days=180)
    assert read(tmp_path, seen="unconfirmed").line("listening").lapses_on() is None


def test_every_line_of_a_country_stands_under_one_heading(tmp_path):
    for country in directory.read(directory_path()).countries.values():
        grouped = [one.id for group in country.groups for one in group.lines]
        assert sorted(grouped) == sorted(one.id for one in country.lines)


COUNTRIES = {"jp", "gb", "ie", "us", "ca", "au", "it", "fr", "es", "kr", "hk", "tw"}


def test_twelve_countries_have_emergency_numbers_and_somebody_to_talk_to_day_and_night_or_a_page():
    countries = directory.read(directory_path()).countries
    assert set(countries) == COUNTRIES
    for country in countries.values():
        assert country.emergency
        assert any({"dying", "anyone"} & set(one.tags) for one in country.lines)


def test_no_line_of_the_site_is_called_confirmed_without_the_name_of_the_person_who_looked():
    for one in directory.read(directory_path()).by_id.values():
        said = marks.standing(one, one.read_on)
        assert ("Confirmed on" in said) == bool(one.verified_by), one.id


def directory_path():
    return library.ROOT / "data" / "helplines.yaml"

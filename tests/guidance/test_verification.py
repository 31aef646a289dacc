"""A person opened the provider's own page: who and when is written down, and nothing else in the file moves."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from guidance import helplines as directory
from guidance import library
from tests.guidance.content import helplines, line

DAY = date(2026, 11, 24)


@pytest.fixture
def site(root, monkeypatch, settings):
    """The commands work on made-up content, on a fixed day."""
    monkeypatch.setattr(library, "ROOT", root)
    monkeypatch.setattr(directory, "today", lambda: DAY)
    settings.HELPLINES_FILE = ""

    def current():
        return library.load(root, directory.Path(settings.HELPLINES_FILE) if settings.HELPLINES_FILE else None)

    monkeypatch.setattr(library, "current", current)
    return root / "data" / "helplines.yaml"


def listed(capsys):
    call_command("helplines")
    return capsys.readouterr().out


def test_verifying_changes_two_lines_of_the_file_and_no_other(site):
    site.write_text("# Numbers.  Keep this.\n" + site.read_text("utf-8"), "utf-8")
    before = site.read_text("utf-8").split("\n")
    call_command("helplines", "verify", "consumer-188", "--by", 'Keiko "Kei" 加瀬')
    after = site.read_text("utf-8").split("\n")
    assert len(after) == len(before)
    assert [new.strip() for old, new in zip(before, after, strict=True) if old != new] == [
        'verified_on: "2026-11-24"',
        'verified_by: "Keiko \\"Kei\\" 加瀬"',
    ]
    shipped = directory.read(site)
    assert (shipped.line("consumer-188").verified_on, shipped.line("consumer-188").verified_by) == (DAY, 'Keiko "Kei" 加瀬')
    assert shipped.line("listening").verified_by == ""


def test_the_real_file_keeps_every_other_line(tmp_path):
    from guidance import verification

    path = tmp_path / "helplines.yaml"
    path.write_text((library.ROOT / "data/helplines.yaml").read_text("utf-8"), "utf-8")
    before = path.read_text("utf-8").split("\n")
    for one in directory.read(path).by_id.values():
        verification.write(one, DAY, "A. Person", path, None)
    after = path.read_text("utf-8").split("\n")
    changed = {new.strip() for old, new in zip(before, after, strict=True) if old != new}
    assert changed == {'verified_on: "2026-11-24"', 'verified_by: "A. Person"'}
    assert all(one.verified_on == DAY for one in directory.read(path).by_id.values())


def test_with_an_overlay_the_shipped_file_stays_as_it_is(site, settings, tmp_path):
    overlay = tmp_path / "ours.yaml"
    overlay.write_text("# Our own lines.\n" + helplines(line(id="ours")).split("everywhere:")[0], "utf-8")
    settings.HELPLINES_FILE = str(overlay)
    shipped = site.read_text("utf-8")
    for day in ("2026-11-20", "2026-11-22"):
        call_command("helplines", "verify", "listening", "--by", "A. Person", "--on", day)
    call_command("helplines", "verify", "ours", "--by", "A. Person")
    assert site.read_text("utf-8") == shipped
    written = overlay.read_text("utf-8")
    assert written.startswith("# Our own lines.\n")
    assert written.count("id: listening") == 1
    read = directory.read(site, overlay)
    assert (read.line("listening").verified_on, read.line("listening").verified_by) == (date(2026, 11, 22), "A. Person")
    assert read.line("ours").verified_on == DAY


def test_a_confirmation_does_not_outlive_the_number_it_was_made_of(site, settings, tmp_path):
    overlay = tmp_path / "ours.yaml"
    overlay.write_text("verified:\n", "utf-8")
    settings.HELPLINES_FILE = str(overlay)
    overlay.write_text('verified:\n  - {id: listening, number: "0120-999-999", on: "2026-11-20", by: "A. Person"}\n', "utf-8")
    assert directory.read(site, overlay).line("listening").verified_on is None


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["nobody", "--by", "A"], "No line is called nobody"),
        (["listening", "--by", " "], "Say who looked"),
        (["listening", "--by", "A", "--on", "2026-11-25"], "still to come"),
    ],
)
def test_what_cannot_be_true_is_not_written(site, arguments, refusal):
    before = site.read_text("utf-8")
    with pytest.raises(CommandError, match=refusal):
        call_command("helplines", "verify", *arguments)
    assert site.read_text("utf-8") == before


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("seen: reported", "seen: unconfirmed", "marked unconfirmed"),
        ('        number: "0120-000-111"\n        tel: "0120000111"\n', "", "has no number to confirm"),
        ('        verified_on: ""\n', "", "has no place in it"),
    ],
)
def test_a_line_without_a_sure_number_or_a_place_for_the_note_stays_as_it_is(site, old, new, refusal):
    site.write_text(site.read_text("utf-8").replace(old, new, 1), "utf-8")
    before = site.read_text("utf-8")
    with pytest.raises(CommandError, match=refusal):
        call_command("helplines", "verify", "listening", "--by", "A. Person")
    assert site.read_text("utf-8") == before


@pytest.mark.parametrize(
    ("age", "heading"),
    [
        (0, "no person has opened the provider's own page yet"),
        (149, "no person has opened the provider's own page yet"),
        (150, "look again now"),
        (179, "look again now"),
        (180, "Not shown any more"),
    ],
)
def test_the_list_asks_for_another_look_thirty_days_before_a_number_goes(site, capsys, monkeypatch, age, heading):
    monkeypatch.setattr(directory, "today", lambda: date(2026, 11, 1) + timedelta(days=age))
    out = listed(capsys)
    assert heading in out
    assert "jp  listening" in out
    assert "2 of 2 numbers wait for a person" in out


def test_a_confirmed_number_waits_for_nobody_until_its_time_comes(site, capsys):
    call_command("helplines", "verify", "listening", "--by", "A. Person")
    out = listed(capsys)
    assert "confirmed 2026-11-24 by A. Person, shown until 2027-05-23" in out
    assert "1 of 2 numbers wait for a person; 0 are not shown." in out

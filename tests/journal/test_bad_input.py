"""What bad input gets: a clear sentence, everything typed still there, and nothing saved that was not meant."""

import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from journal.models import Entry, Reply, Share
from tests.conftest import sign_in
from tests.screens import form_of_entry
from tests.tools.markup import Markup

# Text nobody expects, and people write: it comes back sign for sign.
STRANGE = {
    "emoji": "👨‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🫖",
    "right to left": "קודם שאלתי. \u202egnp.exe\u202c ثم انتظرت",
    "Zalgo": "h" + "\u0335\u0321\u0322" * 60 + "i",
    "Japanese": "「おやすみ」と言った。髙﨑、𠮷野家、ｶﾅ、ー〜…",
    "markup": "<script>alert(1)</script><b>bold</b> &amp; {{ 7|add:7 }} {% now 'Y' %} ' \" -->",
    "spaces": "one  two\tthree\n\n\n  four\u3000five\u00a0six",
    "formula": "=HYPERLINK(\"http://x\")\n+1\n@sum",
    "zero width": "a\u200bb\u2060c\ufeffd",
    "20,000 characters": "あ" * 20_000,
}  # fmt: skip


def add(parent, world, **fields):
    return parent.post(reverse("journal:entry_add"), form_of_entry(world, **fields))


def edit(parent, entry, **fields):
    return parent.post(reverse("journal:entry_detail", args=[entry.pk]), {"version": 1, "kind": "greet", **fields})


def areas(response):
    """What stands in the text areas for words of an answer; the one for "again" is empty here."""
    markup = Markup(response.content.decode())
    return ["".join(area.parts).removeprefix("\n") for area in markup.all("textarea") if area.get("name") != "next"]


def mine(world):
    return Entry.objects.filter(author=world.roles["owner"])


def words_of(entry):
    return Entry.objects.filter(pk=entry.pk).opened()[0].document.words


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_strange_text_comes_back_sign_for_sign(parent, world, text):
    response = add(parent, world, words=text)
    assert response.status_code == 303
    entry = mine(world).latest("created_at")
    assert words_of(entry) == text.strip()
    assert areas(parent.get(response["Location"])) == [text.strip()]
    for address in (response["Location"], reverse("journal:entry_list")):
        page = parent.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<b>bold" not in page


def test_line_ends_of_every_system_become_one(parent, world):
    add(parent, world, words="one\r\ntwo\nthree")
    assert words_of(mine(world).latest("created_at")) == "one\ntwo\nthree"


BAD = {
    "1 MB": ({"words": "x" * 2**20}, "This is longer than can be kept here (20000 characters). Nothing was cut off."),
    "one too long": ({"words": "x" * 20_001}, "This is longer than can be kept here (20000 characters). Nothing was cut off."),
    "NUL": ({"words": "a\x00b"}, "There is a sign in these words that cannot be kept. Delete it and save again."),
    "tomorrow": (
        {"when": "other", "day": (timezone.now() + timedelta(days=2)).date().isoformat()},
        "That day has not come yet. Choose today or a day before.",
    ),
    "year 1": ({"when": "other", "day": "0001-01-01"}, "That day is very long ago. Look at the year once more."),
    "31 February": ({"when": "other", "day": "2026-02-31"}, "Write the day as year, month and day, for example 2026-11-20."),
    "no date": ({"when": "other", "day": "yesterday"}, "Write the day as year, month and day, for example 2026-11-20."),
    "year 20260": ({"when": "other", "day": "20260-01-01"}, "Write the day as year, month and day, for example 2026-11-20."),
    "Arabic digits": ({"when": "other", "day": "٢٠٢٦-١٩-١٩"}, "Write the day as year, month and day, for example 2026-11-20."),
    "day missing": ({"when": "other", "day": ""}, "Choose the day."),
    "no kind": ({"kind": ""}, "Write a few words, or choose a button above."),
    "unknown kind": ({"kind": "praise"}, "Write a few words, or choose a button above."),
}


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "main"}], ids=["page", "fragment"])
@pytest.mark.parametrize(("fields", "sentence"), BAD.values(), ids=BAD)
def test_what_cannot_be_kept_is_said_in_a_sentence_and_nothing_is_saved(parent, world, fields, sentence, headers):
    before = mine(world).count()
    data = form_of_entry(world, **{"words": "まだ保存していない & <b>", **fields})
    response = parent.post(reverse("journal:entry_add"), data, headers=headers)
    assert response.status_code == 422
    assert sentence in unescape(response.content.decode())
    assert areas(response) == [data["words"].replace("\x00", "\ufffd")] or areas(response) == [data["words"]]
    assert data["submission"] in response.content.decode()
    assert mine(world).count() == before


@pytest.mark.parametrize(("fields", "sentence"), [BAD[name] for name in ("1 MB", "NUL", "tomorrow", "31 February")])
def test_a_change_that_cannot_be_kept_changes_nothing(parent, world, fields, sentence):
    before = Entry.objects.get(pk=world.entry.pk).sealed
    response = edit(parent, world.entry, **fields)
    assert response.status_code == 422
    assert sentence in unescape(response.content.decode())
    assert bytes(Entry.objects.get(pk=world.entry.pk).sealed) == bytes(before)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "praise"},
        {"response": "applause"},
        {"readers": "everyone"},
        {"version": "x"},
        {"version": "0"},
        {"version": str(10**30)},
        {"strain": "very"},
        {"step": "10"},
        {"step": "x"},
        {"noticed": "x" * 201},
    ],
)
def test_a_change_with_an_unknown_choice_changes_nothing(parent, world, fields):
    before = Entry.objects.get(pk=world.entry.pk).sealed
    response = edit(parent, world.entry, words="Mine.", **fields)
    assert response.status_code == 422
    assert areas(response) == ["Mine."]
    assert bytes(Entry.objects.get(pk=world.entry.pk).sealed) == bytes(before)


def test_the_same_form_twice_is_one_entry(parent, world):
    before = mine(world).count()
    data = form_of_entry(world, words="once")
    first, second = (parent.post(reverse("journal:entry_add"), data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert mine(world).count() == before + 1


def test_the_same_form_with_other_words_shows_both(parent, world):
    data = form_of_entry(world, words="first words")
    parent.post(reverse("journal:entry_add"), data)
    response = parent.post(reverse("journal:entry_add"), data | {"words": "second words"})
    assert response.status_code == 409
    assert "first words" in response.content.decode()
    assert areas(response) == ["second words"]


def test_an_old_version_shows_both_and_saving_again_replaces_what_was_seen(parent, world):
    edit(parent, world.entry, words="newer")
    response = edit(parent, world.entry, words="older, but mine")
    assert response.status_code == 409
    assert "newer" in response.content.decode()
    assert areas(response) == ["older, but mine"]
    assert words_of(world.entry) == "newer"
    assert edit(parent, world.entry, version=2, words="older, but mine").status_code == 303
    assert words_of(world.entry) == "older, but mine"


@pytest.mark.parametrize("missing", ["submission", "journal"])
def test_a_form_without_its_hidden_fields_saves_nothing(parent, world, missing):
    before = mine(world).count()
    data = {name: value for name, value in form_of_entry(world, words="kept here").items() if name != missing}
    response = parent.post(reverse("journal:entry_add"), data)
    assert response.status_code == 422
    assert areas(response) == ["kept here"]
    assert mine(world).count() == before


@pytest.mark.parametrize("value", ["x", "' OR 1=1", "00000000-0000-4000-8000-000000000000", "../..", "\x00"])
def test_an_id_that_is_none_of_ours_saves_nothing(parent, world, value):
    before = mine(world).count()
    assert add(parent, world, journal=value).status_code == 404
    assert mine(world).count() == before


def test_a_form_with_a_wrong_submission_id_saves_nothing(parent, world):
    before = mine(world).count()
    response = add(parent, world, submission="not-an-id", words="kept here")
    assert response.status_code == 422
    assert areas(response) == ["kept here"]
    assert mine(world).count() == before


def test_a_key_sent_twice_counts_once(parent, world):
    before = mine(world).count()
    data = form_of_entry(world) | {"kind": ["rest", "greet"], "words": ["one", "two"]}
    assert parent.post(reverse("journal:entry_add"), data).status_code == 303
    assert mine(world).count() == before + 1
    assert words_of(mine(world).latest("created_at")) == "two"


@pytest.mark.parametrize("query", ["?before=x", "?before=", "?before=00000000-0000-4000-8000-000000000000", "?before=%00"])
@pytest.mark.parametrize("name", ["journal:entry_list", "journal:desk_family"])
def test_a_page_after_nothing_we_know_is_404(client, world, name, query):
    sign_in(client, world.roles["counsellor" if name == "journal:desk_family" else "owner"])
    address = reverse(name, args=[world.share.pk] if name == "journal:desk_family" else [])
    assert client.get(address + query).status_code == 404


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=", "?before=99999999999999999999", "?before=-1", "?kind=praise", "?entry=x"]
)
@pytest.mark.parametrize("name", ["journal:share_list", "journal:home"])
def test_other_nonsense_in_an_address_is_left_alone(parent, name, query):
    assert parent.get(reverse(name) + query).status_code == 200


@pytest.mark.parametrize("code", ["", "x", "\x00" * 8, "A" * 41, "<b>", "ＡＢＣＤ ＥＦＧＨ", "🫖" * 8])
def test_a_code_that_is_none_starts_nothing(parent, world, code):
    before = Share.objects.count()
    response = parent.post(reverse("journal:share_new"), {"journal": world.journal.pk, "code": code})
    assert response.status_code == 422
    assert "<b></b>" not in response.content.decode()
    assert Share.objects.count() == before


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 5001, "a\x00b"])
def test_a_reply_that_cannot_be_sent_is_not(client, world, text):
    sign_in(client, world.roles["counsellor"])
    data = {"submission": str(uuid.uuid4()), "text": text}
    response = client.post(reverse("journal:reply_add", args=[world.share.pk]), data)
    assert response.status_code == 422
    assert areas(response)[0].strip() == text.strip()
    assert not Reply.objects.exists()


def test_the_same_reply_twice_is_one(client, world):
    sign_in(client, world.roles["counsellor"])
    data = {"submission": str(uuid.uuid4()), "text": "Good."}
    for _ in range(2):
        assert client.post(reverse("journal:reply_add", args=[world.share.pk]), data).status_code == 303
    assert Reply.objects.count() == 1


def test_an_entry_shared_with_two_counsellors_stands_once_on_each_ones_page(client, world):
    world.shares["chosen"].revoke()
    sign_in(client, world.roles["counsellor"])
    page = client.get(reverse("journal:desk_family", args=[world.share.pk])).content.decode()
    assert page.count(f'id="entry-{world.entry.pk}"') == 1
    client.post(reverse("journal:review_finish", args=[world.share.pk]))
    page = client.get(reverse("journal:desk_family", args=[world.share.pk])).content.decode()
    assert page.count(f'id="entry-{world.entry.pk}"') == 1
    assert "Nothing new." in page


@pytest.mark.parametrize("fields", [{"default": "all"}, {"default": ""}, {}])
def test_a_share_with_no_known_scope_stays_as_it_was(parent, world, fields):
    parent.post(reverse("journal:share_edit", args=[world.share.pk]), fields)
    world.share.refresh_from_db()
    assert world.share.default == "chosen"


def test_a_form_of_too_many_fields_is_refused_with_a_page(parent, world):
    response = parent.post(reverse("journal:entry_add"), {f"field{n}": "x" for n in range(300)})
    assert response.status_code == 400
    assert "Nothing was saved." in response.content.decode()


def test_a_form_that_answers_a_fragment_with_a_stale_version_takes_the_pages_place(parent, world):
    edit(parent, world.entry, words="newer")
    headers = {"HX-Request": "true", "HX-Target": f"entry-{world.entry.pk}"}
    response = parent.post(
        reverse("journal:entry_detail", args=[world.entry.pk]), {"version": 1, "kind": "greet", "words": "mine"}, headers=headers
    )
    assert (response.status_code, response["HX-Retarget"], response["HX-Reselect"]) == (409, "#main", "#main")


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_strange_text_of_a_draft_comes_back_sign_for_sign(parent, world, text):
    parent.post(reverse("journal:entry_draft"), form_of_entry(world, words=text, sequence=1))
    assert areas(parent.get(reverse("journal:home"))) == [text]


def test_a_sign_that_cannot_be_kept_does_not_stop_a_draft(parent, world):
    parent.post(reverse("journal:entry_draft"), form_of_entry(world, words="a\x00b", sequence=1))
    assert areas(parent.get(reverse("journal:home"))) == ["ab"]


@pytest.mark.parametrize("field", ["kind", "response", "author", "audience", "step"])
def test_looking_for_an_unknown_choice_finds_nothing_and_is_no_fault(parent, world, field):
    asked = {"journal": world.journal.pk, field: "' OR 1=1"}
    assert parent.post(reverse("journal:entry_list"), asked).status_code == 422

"""The database fails in the middle of a save, at each statement in turn: every word comes back, and nothing is half-saved."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from journal.copies import files, sections
from journal.models import FamilyPage, Import, VisitPlan
from tests import factories
from tests.conftest import sign_in
from tests.plans import took_place
from tests.screens.stage import form_of_entry
from tests.tools.markup import Markup
from tests.tools.tables import everything

WORDS = "おやすみと言った。\n“Good night” <b>& more</b> 👨‍👩‍👧 " + "長い言葉。" * 20
LINE = "妹 & K – as we say it at home"
DAY = (timezone.now() + timedelta(days=5)).date().isoformat()
TODAY = (timezone.now() - timedelta(days=1)).date().isoformat()
NEW = "9f0c1a52-7a55-4e5c-8d0e-5a3c0c8f4b11"
VISIT = {"share": "other", "visitor": LINE, "day": DAY, "at": "10:00", "length": LINE, "purpose": WORDS, "aftercare": WORDS}
AGREEMENT = {"submission": NEW, "text": WORDS, "state": "open", "since": "", "review": "", "agreed": LINE, "told": LINE}
PAGE = dict.fromkeys(("who", "past", "well", "hard", "not_wanted", "reach"), WORDS) | {"seen": "no"}

# Every form of the journal that words are typed or chosen in: its address, the id in it, and what is sent.
FORMS = {
    "a new entry": lambda w: ("entry_add", [], form_of_entry(w, words=WORDS, submission=NEW)),
    "a new entry read by a counsellor": lambda w: (
        w.share.set_default("new") or "entry_add", [], form_of_entry(w, words=WORDS, submission=NEW),
    ),
    "a hard day": lambda w: ("entry_add", [], form_of_entry(w, kind="hard", words=WORDS, submission=NEW)),
    "an answer after a hard day": lambda w: ("entry_hard", [hard(w).pk], {"hard": "hurt"}),
    "a change of an entry": lambda w: (
        "entry_detail",
        [w.entry.pk],
        {"version": w.entry.version, "kind": "chat", "words": WORDS, "noticed": LINE, "next": WORDS, "strain": "tired",
         "response": "upset", "day": TODAY, "readers": "author", "step": "3"},
    ),
    "a new agreement": lambda w: ("agreement_add", ["house"], {**AGREEMENT, "version": 0}),
    "a change of an agreement in use": lambda w: ("agreement_edit", [w.rows["agreement"]], {**AGREEMENT, "version": 1}),
    "a new person": lambda w: ("person_add", [], {"submission": NEW, "name": LINE, "state": "could", "next": WORDS}),
    "a change of a person": lambda w: (
        "person_edit", [w.rows["person"]], {"submission": NEW, "version": 1, "name": LINE, "state": "could", "next": WORDS},
    ),
    "our page": lambda w: (
        "family_page", [], {"submission": NEW, "version": FamilyPage.objects.get(journal=w.journal).version, **PAGE},
    ),
    "a new visit": lambda w: ("visit_add", [], {"journal": w.journal.pk, "submission": NEW, **VISIT}),
    "a change of a visit": lambda w: ("visit_edit", [w.visit.pk], {"version": version(w), **VISIT}),
    "the sheet of a visit": lambda w: ("visit_sheet", [w.visit.pk], {"version": version(w), "sheet": WORDS, "show_sheet": "on"}),
    "a briefing": lambda w: ("visit_briefing", [w.visit.pk], {"version": version(w), "day": TODAY, "how": LINE}),
    "how they were told": lambda w: (
        "visit_told",
        [w.visit.pk],
        {"version": version(w), "how": "note", "day": TODAY, "all_said": "on", "off_way": WORDS, "no_why": "on"},
    ),
    "what they answered": lambda w: ("visit_answer", [w.visit.pk], {"version": version(w), "answer": "no", "day": TODAY}),
    "a usual day after a visit": lambda w: ("visit_after", [took_place(w).pk], {"answer": "tense"}),
    "a bad day after a visit": lambda w: ("visit_after", [took_place(w).pk], {"answer": "hurt"}),
    "a question": lambda w: (
        "question_add", [], {"journal": w.journal.pk, "submission": NEW, "share": w.share.pk, "text": WORDS, "kind": "question"},
    ),
    "an answer to a counsellor": lambda w: (
        "question_add",
        [],
        {"journal": w.journal.pk, "submission": NEW, "share": w.share.pk, "text": WORDS, "kind": "message",
         "reply": w.reply_id()},
    ),
    "before you act": lambda w: (
        "check_add", [], {"journal": w.journal.pk, "submission": NEW, "share": w.share.pk, "text": WORDS, "plan": "company"},
    ),
    "a word to the centre": lambda w: ("hurt_edit", [w.reply_id()], {"tell": "on"}),
    "what goes on paper": lambda w: (
        "summary_print",
        [],
        {"journal": w.journal.pk, "first": TODAY, "last": TODAY, "parts": ["counts", "words"], "ask": WORDS},
    ),
    "a copy brought in": lambda w: ("import_check", [copy(w)], {}),
    "an account's name": lambda w: (
        "account_edit", [], {"display_name": LINE, "country": "gb", "time_zone": "Europe/London", "shared_device": "no"},
    ),
    "a first page": lambda w: (
        "journal_start",
        [],
        {"display_name": LINE, "relation": "妹 & K", "country": "gb", "time_zone": "Europe/London", "shared_device": "no",
         "understood": "on", "agrees": "on"},
    ),
    "a counsellor's reply": lambda w: ("reply_add", [w.share.pk], {"submission": NEW, "entry": w.entry.pk, "text": WORDS}),
    "a change of a reply": lambda w: ("reply_edit", [w.share.pk, w.reply_id()], {"version": 1, "text": WORDS}),
}  # fmt: skip
BY = {
    "a counsellor's reply": "counsellor",
    "a change of a reply": "counsellor",
    "a copy brought in": "newcomer",
    "a first page": "guest",
}


@pytest.fixture(scope="module")
def lasting_family(lasting_world):
    """The cast, and who has nothing written yet."""
    lasting_world.roles["newcomer"] = factories.make_user("newcomer")
    lasting_world.roles["guest"] = factories.make_user("")
    lasting_world.rows["empty"] = factories.make_journal(lasting_world.roles["newcomer"])
    return lasting_world


def hard(world):
    return factories.make_entry(world.journal, world.roles["owner"], kind="hard", audience="family")


def version(world):
    return VisitPlan.objects.get(pk=world.visit.pk).version


def copy(world):
    """A copy of the family's journal, waiting to be brought into an empty one."""
    parts = [(section, section.collect(world.roles["owner"], world.journal)[0]) for section in sections.each()]
    reader = factories.make_membership(world.rows["empty"], world.roles["newcomer"])
    return Import.hold(reader, files.as_json(parts, timezone.localdate())).pk


class Gone:
    """A database that answers some statements, then fails: at one of them, or ``for_good`` at every one from there on."""

    def __init__(self, answers=None, *, for_good=False):
        self.answers, self.for_good, self.failed, self.asked = answers, for_good, False, []

    def __call__(self, execute, sql, params, many, context):
        # What takes back is no work: a server that is gone has taken back by itself.
        if sql.startswith(("SAVEPOINT", "ROLLBACK")) or (self.failed and sql.startswith("RELEASE")):
            return execute(sql, params, many, context)
        self.asked.append(sql)
        if len(self.asked) - 1 == self.answers or (self.failed and self.for_good):
            self.failed = True
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    @property
    def turns(self):
        """Where failing makes a difference: at the start, at each write and each end of a transaction, and right after one."""
        turns = {0}
        for number, sql in enumerate(self.asked):
            if sql.startswith(("INSERT", "UPDATE", "DELETE", "RELEASE")):
                turns |= {number, number + 1} if sql.startswith("RELEASE") else {number}
        return sorted(turns - {len(self.asked)})

    @property
    def at_last(self):
        """Whether what the next page will say is being kept: everything else is done by then."""
        return any(sql.startswith('UPDATE "django_session"') for sql in self.asked)


def sizes(tables):
    return {table: rows.total() for table, rows in tables.items()}


def sent_again(response, path):
    """What a browser would send if the form of the answer were pressed again."""
    markup = Markup(response.content.decode())
    fields = set()
    for element in markup.all("input", "textarea"):
        if not any(outer.tag == "form" and outer.get("action") == path for outer in element.above()):
            continue
        if element.get("type") in {"radio", "checkbox"} and "checked" not in element.attrs:
            continue
        # A browser leaves out the first line break of a text area.
        said = "".join(element.parts).removeprefix("\n") if element.tag == "textarea" else element.get("value")
        fields.add((element.get("name"), said))
    return fields


@pytest.mark.parametrize("form", FORMS)
def test_wherever_the_database_fails_every_word_comes_back_and_nothing_is_half_saved(client, lasting_family, db, form):
    client.raise_request_exception = False
    lasting_family.rows["reply"] = factories.make_reply(lasting_family.share, entry=lasting_family.entry).pk
    sign_in(client, lasting_family.roles[BY.get(form, "owner")])
    client.get(reverse("journal:home"))  # what a sign-in writes is written
    name, arguments, data = FORMS[form](lasting_family)
    sent = {(key, str(value)) for key, values in data.items() for value in (values if isinstance(values, list) else [values])}
    before = everything()

    def post(language, gone):
        with translation.override(language):
            path = reverse(f"journal:{name}", args=arguments)
        cookies = client.cookies.copy()
        with transaction.atomic():
            with connection.execute_wrapper(gone):
                response = client.post(path, data)
            stands = everything()
            again = client.post(path, data) if gone.failed and gone.at_last else None
            finished = everything() if again else stands
            transaction.set_rollback(True)
        client.cookies = cookies
        return path, response, stands, again, finished

    well = Gone()
    assert post("en", well)[1].status_code in {200, 303}
    for turn, number in enumerate(well.turns):
        language = ("ja", "en")[turn % 2]
        gone = Gone(number, for_good=turn // 2 % 2 == 0)
        path, response, stands, again, finished = post(language, gone)
        html, where = response.content.decode(), f"at statement {number}: {well.asked[number]}"
        assert response.status_code == 503, where
        if again is None:
            assert stands == before, f"{where}: {[table for table in stands if stands[table] != before[table]]}"
        else:
            # A second press is the same save, shows both, or finds the copy brought in and let go of: nothing stands twice.
            assert again.status_code in {303, 409, 404}, where
            assert sizes(finished) == sizes(stands), where
        assert f'<html lang="{language}"' in html, where
        assert sent <= sent_again(response, path), f"{where}: {sent - sent_again(response, path)}"
        assert "disk is full" not in html, where

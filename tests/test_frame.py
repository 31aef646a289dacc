"""The page frame: every page's skeleton, its script and style, forms, error pages, signing in and the mails about it."""

import gzip
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from django import forms
from django.core import mail
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from config import errors
from guidance.templatetags.frame import icon, phrases
from tests import factories
from tests.conftest import sign_in

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})
STYLES = {path.name: path.read_text() for path in sorted((ROOT / "static").glob("*.css"))}
TOKENS = STYLES["site.css"]
CSS = "\n".join(STYLES.values())
SCRIPT = (ROOT / "static" / "app.js").read_text()
LANGUAGES = ["en", "ja"]
# Words that may not stand in a tab, a history or the subject of a mail (design 7.3, 27).
TELLING = re.compile(r"hikikomori|withdraw|violence|mental|counsel|family|parent|ひきこもり|相談|家族|親", re.I)
PASSWORD = "tea and rice balls"


def page(language, path="/"):
    """A request for a page in a language, without session or user, as an error meets it."""
    translation.activate(language)
    request = RequestFactory().get(f"/{language}{path}")
    request.LANGUAGE_CODE = language
    return request


def title_of(html):
    return re.search(r"<title>(.*?)</title>", html, re.S)[1].strip()


# ---- style, icons and script


def tokens(marker):
    start = TOKENS.index(marker)
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", TOKENS[start : TOKENS.index("}", start)]))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(sign * 2 for sign in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("marker", [":root {", ':root[data-theme="dark"] {', ':root:not([data-theme="light"]) {'])
@pytest.mark.parametrize(
    ("needed", "pairs"),
    [
        (7, "ink/paper ink/surface ink/sunk ink/wall ink-2/paper ink-2/surface link/paper link/surface on-ai/ai on-ai/ai-hover"),
        (7, "ink/ai-soft ink/lamp-soft ink/moss-soft ink/clay-soft"),
        (4.5, "ink-2/sunk link/sunk link/ai-soft link/lamp-soft link/clay-soft moss/surface moss/moss-soft"),
        (4.5, "clay/paper clay/surface clay/clay-soft"),
        (3, "ai/paper edge/paper edge/surface edge/sunk focus/paper focus/surface focus/focus-in focus/ai-soft"),
    ],
)
def test_text_edges_and_focus_stand_out_in_both_themes(marker, needed, pairs):
    colours = tokens(marker)
    for pair in pairs.split():
        front, ground = (luminance(colours[name]) for name in pair.split("/"))
        ratio = (max(front, ground) + 0.05) / (min(front, ground) + 0.05)
        assert ratio >= needed, f"{pair}: {ratio:.2f}"


def test_the_stylesheets_are_small_and_load_nothing():
    assert len(STYLES["site.css"]) < 25_000
    assert len(gzip.compress(CSS.encode())) < 10_000
    assert not re.search(r"url\(|@import|@font-face|https?:", CSS)


def test_no_link_shows_where_its_reader_has_been():
    assert ":visited" not in CSS


def test_no_text_is_smaller_than_sixteen_pixels():
    sizes = re.findall(r"font(?:-size)?:[^;}]*?([\d.]+)rem", CSS)
    assert min(float(size) for size in sizes) >= 1
    assert not re.search(r"^\s*html\s*{[^}]*font-size", CSS, re.M)


def test_the_script_is_small_and_keeps_nothing():
    assert len(SCRIPT.encode()) < 3_000
    assert not re.search(r"localStorage|sessionStorage|indexedDB|caches|eval\(|innerHTML|https?:", SCRIPT)


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (ROOT / "static" / "icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([a-z]+)" %}', path.read_text())}
    assert named <= drawn
    assert drawn >= {"greet", "tea", "note", "chat", "ear", "two", "rest", "hard", "peace", "own", "money", "help"}


def test_an_icon_is_hidden_from_screen_readers():
    assert icon("phone") == '<svg class="i" aria-hidden="true" focusable="false"><use href="/static/icons.svg#phone"/></svg>'


# The copy a parent takes out is a file that stands alone: it carries its style, and a policy that allows nothing else.
PAGES = [path for path in TEMPLATES if path.name != "copy.html"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_needs_more_than_the_policy_allows(path):
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)
    assert not re.search(r'\sstyle="|<style|\son[a-z]+="|hx-on|hx-boost|hx-(?:put|patch|delete)|["\']js:|javascript:', text)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    assert "placeholder=" not in text


# ---- Japanese line breaks


def test_japanese_breaks_between_phrases_only():
    with translation.override("ja"):
        assert phrases("あいさつから始める") == '<span class="phrases">あいさつから<wbr>始める</span>'


def test_a_day_and_an_hour_are_never_broken_within():
    with translation.override("ja"):
        assert phrases("午後7時29分に保存しました") == '<span class="phrases">午後7時29分に<wbr>保存しました</span>'


def test_phrases_are_escaped_in_both_languages():
    for language in LANGUAGES:
        with translation.override(language):
            assert "<b>" not in phrases("<b>あいさつ</b>から始める")
    assert phrases("Tom & Ann") == "Tom &amp; Ann"


# ---- the frame


ERRORS = {
    400: errors.bad_request,
    403: errors.forbidden,
    404: errors.not_found,
    500: errors.server_error,
    "csrf": errors.csrf_failure,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ERRORS, ids=str)
def test_an_error_page_needs_no_database_and_puts_help_first(name, language):
    response = ERRORS[name](page(language))
    html = response.content.decode()
    assert response.status_code == (403 if name == "csrf" else name)
    assert title_of(html).startswith({"en": "Error:", "ja": "エラー:"}[language]) is (name != 404)
    main = html[html.index("<main") : html.index("</main>")]
    assert re.search(r'<a class="[^"]*" href="([^"]+)"', main)[1] == f"/{language}/help/"
    assert f'<html lang="{language}"' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_begins_with_the_same_three_ways(language):
    html = errors.not_found(page(language)).content.decode()
    links = re.findall(r'<a [^>]*?href="([^"]+)"', html)
    assert links[:3] == ["#main", f"/{language}/help/", "/leave/"]
    nav = html[html.index('<nav class="nav"') :]
    other = "ja" if language == "en" else "en"
    assert re.findall(r'<a [^>]*?href="([^"]+)"', nav)[:4] == [
        f"/{language}/steps/", f"/{language}/notes/", f"/{language}/help/", f"/{other}/",
    ]  # fmt: skip


def test_the_live_region_is_there_once_and_empty():
    html = errors.not_found(page("en")).content.decode()
    assert html.count('id="live"') == 1
    assert '<div id="live" class="vh" role="status" aria-live="polite"></div>' in html


def test_htmx_keeps_no_page_and_runs_no_code_from_one():
    html = errors.not_found(page("en")).content.decode()
    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", html)[1])
    assert config["historyCacheSize"] == 0
    assert not any(
        config[name] for name in ("allowEval", "allowScriptTags", "includeIndicatorStyles", "historyRestoreAsHxRequest")
    )
    swapped = {rule["code"]: rule["swap"] for rule in config["responseHandling"]}
    assert swapped == {"204": False, "[23]..": True, "401": False, "409": True, "422": True, "[45]..": False}
    assert list(swapped)[-1] == "[45].."


def test_what_the_script_says_is_in_the_language_of_the_page():
    html = errors.not_found(page("ja")).content.decode()
    notes = html[html.index('<template id="notes">') : html.index("</template>")]
    assert "通信が切れ、保存されていません。書いた言葉は残っています。もう一度押してください。" in notes
    assert "安全のため、自動で閉じました。書いた言葉は残っています。もう一度入ると続けられます。" in notes
    assert set(re.findall(r'data-note="(\w+)"', notes)) >= {"network", "server", "load", "401", "passkey"}


def test_the_display_cookie_sets_theme_and_size():
    request = page("en")
    request.COOKIES["display"] = "dark-large"
    assert '<html lang="en" data-theme="dark" data-text="large">' in errors.not_found(request).content.decode()


def test_only_japanese_pages_name_the_numbers_of_japan():
    assert "110" not in re.sub(r"<svg.*?</svg>", "", errors.not_found(page("en")).content.decode(), flags=re.S)
    assert 'href="tel:110"' in errors.not_found(page("ja")).content.decode()


# ---- words that could not be saved


@pytest.mark.parametrize(("status", "said"), [(401, "You were signed out to keep this safe."), (403, "This page had grown old.")])
def test_words_come_back_with_a_fresh_token(status, said):
    typed = "\n<b>Good night</b>, I said.\nおやすみ"
    request = RequestFactory().post("/en/notes/new/", {"kind": "greet", "words": typed})
    html = errors.words_kept(request, status).content.decode()
    assert title_of(html).startswith("Error:")
    assert said in html
    assert '<input type="hidden" name="kind" value="greet">' in html
    area = re.search(r'<textarea id="(\w+)" name="words" dir="auto"[^>]*>\n(.*?)</textarea>', html, re.S)
    assert area[2].replace("&lt;", "<").replace("&gt;", ">").replace("\r\n", "\n") == typed
    assert f'<label class="label" for="{area[1]}">' in html
    assert 'action="/en/notes/new/"' in html
    assert "csrfmiddlewaretoken" in html
    assert ('target="_blank" rel="noopener"' in html[html.index("<main") : html.index("</main>")]) is (status == 401)


# ---- fields and what to look at


class Example(forms.Form):
    words = forms.CharField(widget=forms.Textarea(attrs={"placeholder": "never"}), help_text="One line is enough.")
    how = forms.ChoiceField(choices=[("a", "Calm"), ("b", "Tired")], widget=forms.RadioSelect)
    read = forms.BooleanField(label="I have read this.")
    secret = forms.CharField(widget=forms.PasswordInput)


def field(form, name, **more):
    return render_to_string("_field.html", {"field": form[name], **more})


def test_a_field_has_a_label_and_is_described_by_hint_and_error():
    html = field(Example({}), "words")
    assert '<label class="label" for="id_words">Words</label>' in html
    assert 'aria-describedby="id_words_hint id_words_error"' in html
    assert 'id="id_words_hint">One line is enough.' in html
    assert re.search(r'id="id_words_error"><p><span class="vh">Error: </span>[^<]+</p>', html)
    assert 'aria-invalid="true"' in html
    assert not re.search(r"<textarea[^>]*(?:placeholder|\srequired)", html)


def test_private_text_is_offered_to_nobody_and_runs_in_its_own_direction():
    html = field(Example(), "words")
    assert 'dir="auto"' in html
    assert 'autocomplete="off"' in html
    assert 'writingsuggestions="false"' in html


def test_a_group_has_a_legend_and_the_summary_leads_to_its_first_choice():
    form = Example({})
    html = field(form, "how", label="How was I?")
    assert '<legend class="label">How was I?</legend>' in html
    assert html.count('class="choice"') == 2
    assert not re.search(r"<input[^>]*\srequired", html)
    assert 'href="#id_how_0"' in render_to_string("_form_errors.html", {"form": form})
    assert 'id="id_how_0"' in html


def test_a_single_box_stands_beside_its_words():
    assert re.search(
        r'<label class="choice"><input type="checkbox"[^>]*><span>I have read this.</span></label>', field(Example(), "read")
    )


def test_a_password_can_be_shown_where_there_is_a_script():
    assert re.search(r'<button [^>]*data-show="id_secret" data-script hidden>', field(Example(), "secret"))


def test_the_summary_has_the_focus_and_the_words_of_the_fields():
    form = Example({"words": "x"})
    html = render_to_string("_form_errors.html", {"form": form})
    assert "autofocus" in html
    assert 'tabindex="-1"' in html
    assert "Please look at this" in html
    for name in ("how", "read", "secret"):
        assert form.errors[name][0] in html
        assert form.errors[name][0] in field(form, name)


def test_there_is_no_summary_before_anything_was_sent():
    assert render_to_string("_form_errors.html", {"form": Example()}).strip() == ""


# ---- signing in


OPEN = ["account_login", "account_request_login_code", "account_signup", "account_reset_password", "account_inactive"]
OWN = ["account_email", "account_change_password", "account_logout", "mfa_index", "mfa_list_webauthn", "account_reauthenticate"]
AFTER_A_PASSWORD = ["mfa_activate_totp", "mfa_add_webauthn"]


def check_page(html, language):
    assert f'<html lang="{language}"' in html
    assert '<main id="main"' in html
    assert html.count("<h1") == 1
    assert not TELLING.search(title_of(html))
    assert not re.search(r'\sstyle="|placeholder=|<input[^>]*\srequired', html)
    labelled = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', html))
    for control in re.findall(r"<(?:input|select|textarea)[^>]*>", html):
        if not re.search(r'type="(?:hidden|radio|checkbox)"|\shidden', control):
            assert re.search(r'\sid="([^"]+)"', control)[1] in labelled, control


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OPEN)
def test_pages_before_signing_in_wear_our_frame(client, name, language):
    with translation.override(language):
        response = client.get(reverse(name))
    html = response.content.decode()
    assert response.status_code == 200
    check_page(html, language)
    assert "data-leave" in html
    assert 'content="noindex' in html


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*OWN, *AFTER_A_PASSWORD])
def test_pages_after_signing_in_wear_our_frame(client, name, language):
    user = factories.make_user(password=PASSWORD)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    with translation.override(language):
        response = client.get(reverse(name), follow=True)
        if name in AFTER_A_PASSWORD and response.redirect_chain:
            assert response.redirect_chain[0][0].startswith(reverse("account_reauthenticate"))
            response = client.post(response.redirect_chain[0][0], {"password": PASSWORD}, follow=True)
    html = response.content.decode()
    assert response.status_code == 200
    check_page(html, language)
    assert 'hx-history="false"' in html
    assert 'href="tel:110"' in html


@pytest.mark.django_db
def test_the_square_for_the_app_is_drawn_in_the_page(client):
    user = factories.make_user(password=PASSWORD)
    sign_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    html = client.get(reverse("mfa_activate_totp")).content.decode()
    assert "<svg" in html[html.index('role="img"') :]
    assert "data:image" not in html


SHOWN_BY_ALLAUTH = [
    "account/login",
    "account/signup",
    "account/signup_closed",
    "account/logout",
    "account/account_inactive",
    "account/reauthenticate",
    "account/email",
    "account/email_change",
    "account/verification_sent",
    "account/confirm_email_verification_code",
    "account/request_login_code",
    "account/confirm_login_code",
    "account/confirm_password_reset_code",
    "account/password_change",
    "account/password_set",
    "account/password_reset",
    "account/password_reset_from_key",
    "account/password_reset_from_key_done",
    "mfa/index",
    "mfa/authenticate",
    "mfa/reauthenticate",
    "mfa/totp/activate_form",
    "mfa/totp/deactivate_form",
    "mfa/recovery_codes/index",
    "mfa/recovery_codes/generate",
    "mfa/webauthn/authenticator_list",
    "mfa/webauthn/add_form",
    "mfa/webauthn/edit_form",
    "mfa/webauthn/authenticator_confirm_delete",
    "mfa/webauthn/reauthenticate",
    "allauth/layouts/base",
    "allauth/layouts/manage",
    "429",
]


@pytest.mark.parametrize("name", SHOWN_BY_ALLAUTH)
def test_a_page_that_allauth_can_show_is_ours(name):
    assert ROOT / "templates" in Path(get_template(f"{name}.html").origin.name).parents


def test_every_mail_and_message_of_allauth_is_ours():
    import allauth

    upstream = Path(allauth.__file__).parent / "templates"
    unused = re.compile(r"password_reset_key|phone")
    for folder in ("account/email", "account/messages", "mfa/email", "mfa/messages"):
        for path in (upstream / folder).glob("*.txt"):
            if not unused.search(path.name):
                assert (ROOT / "templates" / folder / path.name).exists(), f"{folder}/{path.name}"


@pytest.mark.django_db
def test_a_code_is_typed_with_a_number_pad_and_filled_in_by_the_phone(client):
    user = factories.make_user()
    html = client.post(reverse("account_request_login_code"), {"email": user.email}, follow=True).content.decode()
    code = re.search(r'<input[^>]*name="code"[^>]*>', html)[0]
    assert 'inputmode="numeric"' in code
    assert 'autocomplete="one-time-code"' in code


@pytest.mark.django_db
def test_a_wrong_password_comes_back_with_the_summary_and_an_error_title(client):
    user = factories.make_user(password=PASSWORD)
    with translation.override("ja"):
        html = client.post(reverse("account_login"), {"login": user.email, "password": "something else"}).content.decode()
    assert title_of(html) == "エラー: 入る – 廊下の灯り"
    assert "ここを確かめてください" in html
    assert user.email in html


# ---- mails that reveal nothing


MAILS = {"en": ("Your code", "This code is valid for 10 minutes. If you did not ask for it, do nothing."),
         "ja": ("確認の番号", "この番号は10分間使えます。心当たりがなければ、そのままで大丈夫です。")}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password", "account_signup"])
def test_the_mail_with_a_code_is_a_code_and_two_fixed_sentences(client, name, language):
    user = factories.make_user("Noriko", password=PASSWORD)
    address = "someone-new@example.test" if name == "account_signup" else user.email
    with translation.override(language):
        client.post(reverse(name), {"email": address})
    [sent] = mail.outbox
    subject, sentences = MAILS[language]
    assert sent.subject == subject
    code, body = sent.body.split("\n\n")
    assert re.fullmatch(r"\d{6}", code)
    assert body.strip() == sentences
    assert not getattr(sent, "alternatives", [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*/email/*_subject.txt")), ids=lambda path: path.stem)
def test_no_subject_tells_what_the_site_is_about(path, language):
    with translation.override(language):
        subject = render_to_string(str(path.relative_to(ROOT / "templates"))).strip()
    assert subject
    assert not TELLING.search(subject)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*/email/[!_]*_message.txt")), ids=lambda path: path.stem)
def test_no_mail_names_a_person_a_place_or_a_browser(path, language):
    context = {"code": "123456", "email": "someone@example.test", "ip": "192.0.2.7", "user_agent": "Firefox", "user": "Noriko",
               "from_email": "old@example.test", "to_email": "new@example.test", "deleted_email": "old@example.test"}  # fmt: skip
    with translation.override(language):
        body = render_to_string(str(path.relative_to(ROOT / "templates")), context, page(language))
    assert not TELLING.search(re.sub(r"https?://\S+", "", body))
    assert not re.search(r"@example|192\.0|Firefox|Noriko", body)


@pytest.mark.django_db
def test_signing_in_says_nothing_on_the_screen(client):
    user = factories.make_user(password=PASSWORD)
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True)
    assert user.email not in response.content.decode()


@pytest.mark.django_db
def test_what_just_happened_is_said_on_the_next_page(client):
    user = factories.make_user(password=PASSWORD)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    typed = {"oldpassword": PASSWORD, "password1": "barley tea again", "password2": "barley tea again"}
    html = client.post(reverse("account_change_password"), typed, follow=True).content.decode()
    assert re.search(r'<div class="note done[^>]*>.*?<p>Your new password is saved.</p>', html, re.S)


def test_headings_go_down_one_step_at_a_time():
    html = errors.not_found(page("en")).content.decode()
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_visitor_without_javascript_finds_every_button_a_form_needs():
    for path in TEMPLATES:
        for attributes in re.findall(r"<button([^>]*)>", path.read_text()):
            # A button that only a script can use is hidden until there is one.
            if 'type="button"' in attributes:
                assert "data-script hidden" in attributes, path

"""The page frame: every page's skeleton, its Japanese line breaks, forms and error pages."""

import json
import re
from itertools import pairwise

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from config import errors
from guidance.templatetags.frame import phrases

LANGUAGES = ["en", "ja"]


def page(language, path="/"):
    """A request for a page in a language, without session or user, as an error meets it."""
    translation.activate(language)
    request = RequestFactory().get(f"/{language}{path}")
    request.LANGUAGE_CODE = language
    return request


def title_of(html):
    return re.search(r"<title>(.*?)</title>", html, re.S)[1].strip()


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


def test_headings_go_down_one_step_at_a_time():
    html = errors.not_found(page("en")).content.decode()
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert all(after - before <= 1 for before, after in pairwise(levels))

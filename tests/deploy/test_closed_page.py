"""What a parent reads while the site itself does not answer: both languages, the emergency numbers, and nothing to load."""

import os
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import URLPattern, get_resolver

from config.settings import BASE_DIR
from guidance import check, library, words

DEPLOY = BASE_DIR / "deploy"
NGINX, CADDY = ((DEPLOY / name).read_text("utf-8") for name in ("nginx.conf", "Caddyfile"))


@pytest.fixture(params=[False, True], ids=["closed", "too large"])
def page(request):
    printed = StringIO()
    call_command("closed_page", too_large=request.param, stdout=printed)
    return printed.getvalue()


def sections(page):
    return dict(re.findall(r'<section id="(\w\w)" lang="\1"(.*?)</section>', page, re.S))


def test_the_page_says_in_both_languages_what_to_do_and_whom_to_call(page):
    listed = library.current().helplines
    emergency = {item.href for place in listed.countries.values() for item in place.emergency}
    assert set(sections(page)) == {"ja", "en"}
    for language, text in sections(page).items():
        assert set(re.findall(r'href="(tel:[^"]+)"', text)) == emergency
        # The numbers of Japan are in sight, those of other countries are opened.
        seen = text.split("<details>")[0]
        assert set(re.findall(r'href="(tel:[^"]+)"', seen)) == {item.href for item in listed.emergency("jp")}
        plain = re.sub(r"<[^>]*>", " ", text)
        assert list(words.refused(plain, language)) == []
        assert bool(re.search("[ぁ-ん]", plain)) == (language == "ja")


def test_a_line_whose_number_can_grow_old_is_not_on_a_page_that_nobody_renews(page):
    listed = library.current().helplines
    emergency = {item.number for place in listed.countries.values() for item in place.emergency}
    plain = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.S)
    assert set(check.telephone_numbers(plain, listed.numbers)) <= emergency


def test_the_page_loads_nothing_and_runs_nothing(page):
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert not re.search(r"<(script|img|link|iframe|form)\b|\son[a-z]+=|url\(|@import|/static/", page)
    assert set(re.findall(r"var\(--([\w-]+)\)", page)) <= set(re.findall(r"--([\w-]+):", page))
    assert len(page.encode()) < 14_000


def test_the_page_is_printed_while_the_database_is_away_and_before_there_is_one():
    """With three values that open nothing, as ``collectstatic`` is run for a new version."""
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere"}
    environment |= dict.fromkeys(("SECRET_KEY", "HALLWAY_KEYS", "ALLOWED_HOSTS"), "build")
    done = subprocess.run(
        [sys.executable, "manage.py", "closed_page"], cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<!doctype html>")
    assert done.stderr == ""


# ---- the proxies


def test_both_proxies_show_it_for_their_own_faults_alone():
    assert "error_page 500 502 503 504 /closed.html;" in NGINX
    assert "error_page 413 /too-large.html;" in NGINX
    # What the site itself answers is passed on, its 503 with somebody's words in it above all.
    assert "proxy_intercept_errors" not in NGINX
    assert "handle_response" not in CADDY
    for text in (NGINX, CADDY):
        assert "/var/www/hallway-light" in text
        assert '"max-age=31536000; includeSubDomains"' in text


def test_no_proxy_compresses_a_private_page():
    # Debian's nginx.conf says "gzip on;" for every server in it.
    assert "gzip off;" in NGINX
    assert not re.search(r"^\s*(encode|gzip on)\b", NGINX + CADDY, re.M)


def test_a_body_that_says_it_is_too_large_is_refused_by_caddy_before_it_is_read():
    largest = int(re.search(r"max_size (\d+)MB", CADDY)[1]) * 1_000_000
    large = re.search(r"@large header_regexp Content-Length (\S+)", CADDY)[1]
    assert not re.search(large, str(largest - 1))
    assert all(re.search(large, str(size)) for size in (largest, largest * 2, largest * 10, largest * 1000))
    assert "error @large 413" in CADDY


def keyed(patterns, before=""):
    """Every address in which a key stands, with the key as ``TOKEN``."""
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            if "<str:token>" in path:
                yield "/" + path.replace("<str:token>", "TOKEN")
        else:
            yield from keyed(pattern.url_patterns, path)


def test_the_log_of_nginx_if_somebody_wants_one_names_no_visitor_no_question_and_no_key():
    addresses = list(keyed(get_resolver().url_patterns))
    assert len(addresses) == 4
    rules = re.findall(r'^ {4}"~(\S+)" "?(\S*?)"?;$', NGINX, re.M)
    assert len(rules) == 2

    def logged(address):
        """As nginx reads its map: the first expression that fits."""
        for rule, value in rules:
            if found := re.search(rule.replace("?<", "?P<"), address):
                return re.sub(r"\$(\w+)", lambda name: found[name[1]], value)
        raise AssertionError(address)

    for address in addresses:
        for language in ("en", "ja"):
            said = logged(re.sub(r"^/\w*/", f"/{language}/", address) + "?who=mother")
            assert "TOKEN" not in said
            assert "mother" not in said
            assert said.startswith(f"/{language}/")
    assert logged("/ja/for-you/ask/?q=mother") == "/ja/for-you/ask/"
    assert logged("/en/steps/3/") == "/en/steps/3/"
    shown = set(re.findall(r"\$(\w+)", re.search(r"log_format hallway '(.*)';", NGINX)[1]))
    assert shown == {"time_iso8601", "status", "hallway_page", "body_bytes_sent", "request_time"}


@pytest.mark.parametrize("name", ["operations.md", "ja/operations.md", "../deploy/nginx.conf", "../deploy/Caddyfile"])
def test_whoever_keeps_a_log_is_told_every_address_with_a_key(name):
    text = (BASE_DIR / "docs" / name).read_text("utf-8")
    for address in keyed(get_resolver().url_patterns):
        place = address.split("/TOKEN")[0].split("/", 2)[2]
        assert place in text or (place.endswith("/join") and "/join/" in text), (name, place)

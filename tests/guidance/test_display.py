"""The display page keeps three choices in two cookies, and leads back to where the reader was."""

import pytest

PATH = "/en/display/"


def test_a_choice_is_kept_and_the_page_before_comes_back(client):
    response = client.post(PATH, {"theme": "dark", "size": "large", "language": "ja", "next": "/en/steps/3/"})
    assert (response.status_code, response["Location"]) == (303, "/ja/steps/3/")
    assert response.cookies["display"].value == "dark-large"
    assert response.cookies["language"].value == "ja"
    assert set(response.cookies) == {"display", "language"}
    for cookie in response.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
    assert 'value="dark" checked' in client.get(PATH).text


@pytest.mark.parametrize(
    "path",
    [
        "https://elsewhere.example/en/",
        "//elsewhere.example/en/",
        "/\\elsewhere.example/",
        "///elsewhere.example/en/",
        "javascript:alert(1)",
        "/leave/",
        "",
    ],
)
def test_it_leads_nowhere_else(client, path):
    assert client.post(PATH, {"language": "en", "next": path})["Location"] == "/en/"


@pytest.mark.parametrize("path", ["/en/steps/3/\r\nSet-Cookie: a=b", "/en/\u65e5\u672c/", "/en///elsewhere.example/"])
def test_the_way_back_is_made_anew_and_stays_on_this_site(client, path):
    response = client.post(PATH, {"language": "ja", "next": path})
    assert response.status_code == 303
    assert response["Location"].startswith("/ja/")
    assert response["Location"].isascii()
    assert not set(response["Location"]) & set("\r\n")
    assert set(response.cookies) == {"display", "language"}


def test_an_unknown_choice_changes_nothing(client):
    client.cookies["display"] = "light-large"
    response = client.post(PATH, {"theme": "purple", "size": "huge", "language": "xx"})
    assert response.cookies["display"].value == "light-large"
    assert response.cookies["language"].value == "en"


def test_the_page_takes_the_way_back_from_its_address(client):
    assert 'name="next" value="/en/steps/3/"' in client.get(f"{PATH}?next=/en/steps/3/").text
    assert 'name="next" value="/en/"' in client.get(f"{PATH}?next=https://elsewhere.example/").text

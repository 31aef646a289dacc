"""Start the production settings on a new database, sign in over TLS and say as JSON what went over the wire."""

import json
import os
import re
import sys
from pathlib import Path

from tests.tools.deploy_check import PRODUCTION

PASSWORD = "a quiet hallway"


def main(folder: Path) -> dict[str, object]:
    """Ask as a browser behind TLS would; return headers, cookies and status codes."""
    os.environ.update(PRODUCTION, DATABASE_URL=f"sqlite:////{folder}/site.sqlite3")
    import django
    from django.conf import settings

    # Files with a hash in their name are made once, by collectstatic: no part of what is looked at here.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from tests import factories

    user = factories.make_user(password=PASSWORD, shared_device=True)
    factories.make_journal(user)
    client = Client(enforce_csrf_checks=True, headers={"host": PRODUCTION["ALLOWED_HOSTS"]})
    page = client.get("/en/account/sign-in/", secure=True)
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[0]
    own = {"referer": f"https://{PRODUCTION['ALLOWED_HOSTS']}/en/account/sign-in/"}
    data = {"login": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    without = client.post("/en/account/sign-in/", {**data, "csrfmiddlewaretoken": ""}, secure=True, headers=own)
    sent = client.post("/en/account/sign-in/", data, secure=True, headers=own)
    home = client.get("/en/notes/", secure=True)
    answers = {
        "plain": client.get("/en/steps/3/"),
        "health": client.get("/healthz"),
        "foreign": client.get("/en/", secure=True, headers={"host": "evil.example"}),
        "without token": without,
        "sign-in": page,
        "signed in": sent,
        "home": home,
        "public": client.get("/en/steps/3/", secure=True),
    }
    return {
        name: {
            "status": answer.status_code,
            "headers": dict(answer.headers),
            "cookies": {name: dict(morsel) | {"size": len(morsel.value)} for name, morsel in answer.cookies.items()},
        }
        for name, answer in answers.items()
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))

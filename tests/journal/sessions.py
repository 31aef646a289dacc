"""Sessions that have lasted a while, and the code that a mail brings."""

import re
import time

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.urls import reverse

FRAGMENT = {"HX-Request": "true"}


def mailed_code(mailoutbox):
    (code,) = re.findall(r"^\s*(\d{6})\s*$", mailoutbox[-1].body, re.M)
    return code


def sign_in_long_ago(client, user):
    """A session that began before the ten minutes in which nobody is asked again."""
    client.logout()
    client.force_login(user)
    client.get(reverse("journal:home"))
    session = client.session
    session["began"] -= 601
    session.save()


def age(client, seconds, **more):
    session = client.session
    session["seen"] = int(time.time()) - seconds
    session.update(more)
    session.save()


def forget_the_sign_in(client):
    """As if the sign-in itself were days ago."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": 0}]
    session.save()

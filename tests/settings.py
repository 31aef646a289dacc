"""The project's settings, with a quick hasher, plain static files and mails kept in memory."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only")
os.environ.setdefault(
    "HALLWAY_KEYS", "2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=,1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("DATABASE_URL", "sqlite:////tmp/hallway-light-tests.sqlite3")

from config.settings import *  # noqa: F403  (a settings module is its imports)

SECURE_SSL_REDIRECT = False
SECURE = False
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_NAME = "csrf"
CSRF_COOKIE_SECURE = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405  (from the line above)
    # Nothing of a test has to survive a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
PUBLIC_PAGE_SECONDS = 0  # what a test changes shows at once

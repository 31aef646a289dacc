"""Settings, all from the environment. docs/operations.md explains each; nothing here is secret."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]

# The demo serves invented families to this machine alone: keys are made in var/, mails go to the console,
# counsellors need no second factor. It cannot be switched on for any other host.
DEMO = env.flag("DEMO")
DEBUG = env.flag("DEBUG")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEMO else "")
if DEMO and not set(ALLOWED_HOSTS) <= set(LOOPBACK):
    raise ImproperlyConfigured("DEMO serves invented families without a second factor: only to localhost, never to other hosts.")
if DEBUG and not set(ALLOWED_HOSTS) <= set(LOOPBACK):
    raise ImproperlyConfigured("DEBUG shows what a page was working on when it failed: only to localhost, never to other hosts.")

SECRET_KEY = env.secret("SECRET_KEY", make=env.new_secret_key if DEMO else None)
HALLWAY_KEYS = env.secret("HALLWAY_KEYS", make=env.new_master_keys if DEMO else None)
SECOND_FACTOR_REQUIRED = not DEMO
SECOND_APPROVAL_REQUIRED = env.flag("SECOND_APPROVAL_REQUIRED", default=not DEMO)

INSTALLED_APPS = [
    "guidance",
    "journal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.metrics.MetricsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "config.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "journal.middleware.IdleMiddleware",
    "config.middleware.PrivateByDefaultMiddleware",
    "journal.middleware.SecondFactorMiddleware",
    "journal.consent.ConsentMiddleware",
    "journal.middleware.LogMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # No `auth`, `messages` or `csp` processor: a page that is public may not touch the session.
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "config.context.frame",
            ],
        },
    }
]

DATABASES: dict[str, Any] = {
    "default": env.database(env.secret("DATABASE_URL", default=f"sqlite:////{BASE_DIR / 'var' / 'hallway.sqlite3'}"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The limits on guessing are counted here: with Django's 300 entries, other people's sign-ins would push them out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# ---- languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ja", _("Japanese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "UTC"

# ---- accounts
AUTH_USER_MODEL = "journal.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "journal.accounts.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "journal.accounts.SiteWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "journal:home"
ACCOUNT_ADAPTER = "journal.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_FORMS = {"signup": "journal.forms.accounts.SignUpForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False  # ends with the browser; journal.middleware lengthens it on a device of one's own
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXIES", 0)
MFA_ADAPTER = "journal.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_TOTP_ISSUER = "Hallway Light"

# ---- sessions and cookies: __Host- names where the site is served over TLS
SECURE = not (DEMO or DEBUG)
SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---- headers
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # Django's CSRF check reads the referrer of our own pages
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.integer("TRUSTED_PROXIES", 0) else None
# Preloading is a promise for a whole domain, which its owner makes, not this project.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# ---- files
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO or DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# The one file that is sent here is a family's copy: held in memory, never on a disk; a larger one is not read at all.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024

# ---- work
# In the request, unless a worker runs: then the path of its backend, and the app that it comes with.
TASKS = {"default": {"BACKEND": env.text("TASKS_BACKEND", "django.tasks.backends.immediate.ImmediateBackend")}}
INSTALLED_APPS += [name for name in [env.text("TASKS_APP", "")] if name]

# ---- mail
# The address of the site as a mail names it, without a path.
SITE_URL = env.text(
    "SITE_URL", f"https://{''.join(ALLOWED_HOSTS[:1]).lstrip('.')}" if SECURE else "http://localhost:8000"
).rstrip("/")
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "Hallway Light <hello@localhost>")
MAILERS: dict[str, Any] = {
    "default": {"BACKEND": "config.mail.ConsoleBackend"}
    if DEMO or DEBUG
    else {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.text("MAIL_HOST", "localhost"),
            "port": env.integer("MAIL_PORT", 587),
            "username": env.text("MAIL_USER", ""),
            "password": env.secret("MAIL_PASSWORD", make=str) if env.text("MAIL_USER", "") else "",
            "use_tls": env.flag("MAIL_TLS", default=True),
            "timeout": 10,
        },
    }
}

# ---- the site's own
# Where "Leave quickly" goes: pages that say nothing about the reader, from the national or world weather service.
LEAVE_URL = {
    "ja": env.text("LEAVE_URL_JA", "https://www.jma.go.jp/bosai/forecast/"),
    "en": env.text("LEAVE_URL_EN", "https://worldweather.wmo.int/en/home.html"),
}
# So long a rendered public page is kept in memory: "open now" beside a telephone number may lag by no more.
PUBLIC_PAGE_SECONDS = 0 if DEMO or DEBUG else 60
HELPLINES_FILE = env.file("HELPLINES_FILE")  # a file that overlays the shipped helplines.yaml

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "hallway": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}

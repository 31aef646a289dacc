"""Django's deployment check with the settings a real site has: it may print no issue."""

import os
import secrets
import subprocess
import sys

from config.env import new_master_keys

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEMO": "0",
    "DEBUG": "0",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "HALLWAY_KEYS": new_master_keys(),
    "ALLOWED_HOSTS": "hallway.example",
    "MAIL_HOST": "mail.example",
}

if __name__ == "__main__":
    environment = {name: value for name, value in os.environ.items() if name not in PRODUCTION} | PRODUCTION
    sys.exit(
        subprocess.run(
            [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            env=environment,
            check=False,
        ).returncode
    )

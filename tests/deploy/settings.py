"""A real site's settings, from the environment as always; only its static files lie in a folder of the test."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403  (a settings module is its imports)

STATIC_ROOT = Path(os.environ["TEST_STATIC_ROOT"])

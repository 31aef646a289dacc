#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from guidance.problems import ContentError, counted, report

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # its message names the setting; a traceback would hide it
        sys.exit(str(error))
    except ContentError as error:  # content that cannot even be read: say where, without a traceback
        sys.exit(f"{report(error.problems)}\nThe content cannot be loaded: {counted(error.problems)}.")

"""The task that makes a copy: in the request by default, by a worker where one runs (``TASKS_BACKEND``)."""

import logging

from django.tasks import task
from django.utils import translation

from journal.copies import files
from journal.models import Export

logger = logging.getLogger("hallway.copies")


@task
def make_export(export_id: str, language: str) -> None:
    """Make one copy. A task knows ids alone: what a worker keeps of it is in plain text."""
    export = Export.objects.select_related("journal", "requested_by").get(pk=export_id)
    try:
        with translation.override(language):
            export.finish(files.make(export))
    except Exception:
        # Raised further, a worker would keep the words of the exception; the log keeps its kind and place.
        logger.exception("could not make copy %s", export.pk)
        export.fail()

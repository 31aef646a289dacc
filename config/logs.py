"""What the operator's log may hold: when, how bad, which part, what kind of fault. Never a path, a value or a word."""

import json
import logging
from datetime import UTC, datetime


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Messages of our own logger pass; others keep only their fixed text, not its values."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON without arguments, paths, exception values or locals."""
        own = record.name.startswith("hallway")
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            # Django's messages carry the path or a header as an argument; the format string alone does not.
            "message": record.getMessage() if own else _fixed(record),
        }
        request = getattr(record, "request", None)
        if match := getattr(request, "resolver_match", None):
            line["route"] = match.view_name
        if status := getattr(record, "status_code", None):
            line["status"] = status
        if counts := getattr(record, "counts", None):
            line["counts"] = counts  # what config.metrics counted: names of routes and numbers
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace and trace.tb_next:
                trace = trace.tb_next
            if trace:
                line["where"] = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        return json.dumps(line, ensure_ascii=True)


def _fixed(record: logging.LogRecord) -> str:
    # What Django refuses it names by the text of the exception, with the header in it: the kind alone is kept.
    if record.name.startswith("django.security.") and not record.args:
        return record.name.rsplit(".", 1)[-1]
    return str(record.msg).replace("%s", "-")

"""``python -m config.healthcheck``: a container asks its own site whether it answers. Ends with an error if not."""

import os
import sys
from http.client import HTTPConnection


def main(port: int = 8000) -> int:
    """Ask as the proxy does, by the first name of the site; say in one line what came instead of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip()})
        status = connection.getresponse().status
    except OSError as error:
        sys.stderr.write(f"No answer: {error}\n")
        return 1
    finally:
        connection.close()
    if status != 200:
        sys.stderr.write(f"The answer is {status}.\n")
    return int(status != 200)


if __name__ == "__main__":
    sys.exit(main())

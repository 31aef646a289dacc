"""Sessions in the database under the hash of their key: whoever steals the table has no cookie that opens anything."""

from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

# As much as the column of Django's table holds: 160 bits.
HELD = 40


def held(key: str | None) -> str:
    """What the database knows of a key that only its browser has."""
    return sha256((key or "").encode()).hexdigest()[:HELD]


class SessionStore(db.SessionStore):
    """Django's own, but for what stands in the table. This site has no asynchronous view: the methods for those are not used."""

    def _get_session_from_db(self) -> Any:
        found = self.model.objects.filter(session_key=held(self.session_key), expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Whether a key is taken."""
        return bool(super().exists(held(session_key)))

    def create_model_instance(self, data: Any) -> Any:
        """The row that is saved."""
        row = super().create_model_instance(data)
        row.session_key = held(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row of a key, or of this session's own."""
        if key := session_key or self.session_key:
            super().delete(held(key))

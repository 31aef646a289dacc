"""The guidance app: public, stateless, and loaded before the first request."""

from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """Texts, helplines and the check: no models, no database."""

    name = "guidance"
    verbose_name = "Guidance"

    def ready(self) -> None:
        """Load the content here, so that under every server broken content stops the start, with file and line."""
        from guidance import library, search

        library.current()
        search.index()

"""The site's addresses, and those of the bare pages."""

from config import urls as site
from config.urls import handler400, handler403, handler404, handler500
from tests.bench import bare

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*bare.urlpatterns, *site.urlpatterns]

"""Every address of the site: config → journal → guidance, never the other way."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config import views
from guidance import crawlers

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

urlpatterns = [
    path("", views.root, name="root"),
    path("leave/", views.leave, name="leave"),
    path("healthz", views.health, name="health"),
    path("readyz", views.ready, name="ready"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("robots.txt", crawlers.robots, name="robots"),
    *i18n_patterns(
        path("account/", include("config.accounts")),
        path("", include("journal.urls")),
        path("", include("guidance.urls")),
    ),
]

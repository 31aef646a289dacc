"""Public addresses. They are short and say nothing about a family; every one has a name."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from guidance import views


class CountryConverter(StringConverter):
    """Two small letters, as in helplines.yaml."""

    regex = "[a-z]{2}"


register_converter(CountryConverter, "country")

app_name = "guidance"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("tonight/<slug:evening>/", views.tonight, name="tonight"),
    path("steps/", views.step_list, name="step_list"),
    path("steps/<int:number>/", views.step_detail, name="step_detail"),
    path("cards/", views.card_list, name="card_list"),
    path("cards/<slug:slug>/", views.card_detail, name="card_detail"),
    path("services/", views.checklist_detail, {"slug": "services"}, name="services"),
    path("visits/", views.checklist_detail, {"slug": "visits"}, name="visits"),
    path("before-you-act/", views.checkpoint_start, name="checkpoint_start"),
    path("before-you-act/<int:number>/", views.checkpoint_question, name="checkpoint_question"),
    path("before-you-act/end/", views.checkpoint_result, name="checkpoint_result"),
    path("help/", views.help_detail, name="help_detail"),
    path("help/<country:country>/", views.help_detail, name="help_detail"),
    path("help/<slug:page>/", views.help_page, name="help_page"),
    path("about/", views.page_detail, {"slug": "about"}, name="about"),
    path("happening/", views.page_detail, {"slug": "happening"}, name="happening"),
    path("words/", views.word_list, name="word_list"),
    path("about/sources/", views.source_list, name="source_list"),
    path("home-privacy/", views.page_detail, {"slug": "home-privacy"}, name="home_privacy"),
    path("privacy/", views.page_detail, {"slug": "privacy"}, name="privacy"),
    path("accessibility/", views.page_detail, {"slug": "accessibility"}, name="accessibility"),
    path("for-you/", views.page_detail, {"slug": "for-you"}, name="for_you"),
    path("pages/<slug:slug>/", views.page_detail, name="page_detail"),
    path("search/", views.search, name="search"),
    path("display/", views.display_edit, name="display"),
]

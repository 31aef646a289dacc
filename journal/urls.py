"""Addresses of the private half. Ids are random; no name, day or word of an entry stands in any of them."""

from django.urls import path

from journal.views import account, bin, desk, drafts, entries, hard, home, replies, sharing, timeline

app_name = "journal"
urlpatterns = [
    path("notes/", home.home, name="home"),
    path("notes/start/", home.journal_start, name="journal_start"),
    path("notes/place/", home.place_list, name="place_list"),
    path("notes/place/<int:number>/", home.place, name="place"),
    path("notes/new/", entries.entry_add, name="entry_add"),
    path("notes/draft/", drafts.entry_draft, name="entry_draft"),
    path("notes/timeline/", timeline.entry_list, name="entry_list"),
    path("notes/bin/", bin.entry_bin, name="entry_bin"),
    path("notes/sharing/", sharing.share_list, name="share_list"),
    path("notes/sharing/new/", sharing.share_new, name="share_new"),
    path("notes/sharing/add/", sharing.share_add, name="share_add"),
    path("notes/sharing/<uuid:share_id>/", sharing.share_edit, name="share_edit"),
    path("notes/sharing/<uuid:share_id>/stop/", sharing.share_stop, name="share_stop"),
    path("notes/<uuid:entry_id>/", entries.entry_detail, name="entry_detail"),
    path("notes/<uuid:entry_id>/draft/", drafts.edit_draft, name="edit_draft"),
    path("notes/<uuid:entry_id>/hard/", hard.entry_hard, name="entry_hard"),
    path("notes/<uuid:entry_id>/readers/", entries.entry_readers, name="entry_readers"),
    path("notes/<uuid:entry_id>/delete/", bin.entry_delete, name="entry_delete"),
    path("notes/<uuid:entry_id>/restore/", bin.entry_restore, name="entry_restore"),
    path("notes/<uuid:entry_id>/erase/", bin.entry_erase, name="entry_erase"),
    path("desk/", desk.desk_queue, name="desk_queue"),
    path("desk/me/", desk.desk_profile, name="desk_profile"),
    path("desk/code/", desk.desk_code, name="desk_code"),
    path("desk/centre/", desk.centre_detail, name="centre_detail"),
    path("desk/f/<uuid:share_id>/", desk.desk_family, name="desk_family"),
    path("desk/f/<uuid:share_id>/reply/", replies.reply_add, name="reply_add"),
    path("desk/f/<uuid:share_id>/draft/", replies.reply_draft, name="reply_draft"),
    path("desk/f/<uuid:share_id>/read/", replies.review_finish, name="review_finish"),
    path("account/", account.account_edit, name="account_edit"),
    path("account/again/code/", account.code_confirm, name="code_confirm"),
    path("account/join/<str:token>/", account.role_join, name="role_join"),
]

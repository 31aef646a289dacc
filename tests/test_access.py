"""Who may open which address. An address that is not in this table fails the tests."""

import pytest
from django.db import transaction
from django.urls import URLResolver, get_resolver, resolve, reverse

from journal.models import AccessEvent
from tests import factories
from tests.conftest import ASKED, MEMBER_PRIVATE, OTHER_FAMILY, PRIVATE, SECRET, sign_in

# ok: an answer (a page, a redirect after a form, 422, or 204)   login: sent to sign in, 401 for a form   404: as if it did not exist   409: an old page's form
# again: asked who is there once more, or sent on to one's own pages
# The ids in the addresses are the first family's.
TABLE = """
                                   anonymous stranger owner member counsellor chosen expired revoked unapproved deactivated other manager covering handed_over departed removed pending
GET  root                          ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  leave                         ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  health                        ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  ready                         ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:landing              ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:tonight              ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:step_list            ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:step_detail          ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:card_list            ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:card_detail          ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:services             ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:visits               ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:checkpoint_start     ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:checkpoint_question  ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST guidance:checkpoint_question  ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:checkpoint_result    ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST guidance:checkpoint_result    ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:help_detail          ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:help_page            ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:about                ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:happening            ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:word_list            ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:source_list          ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:home_privacy         ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:privacy              ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:accessibility        ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:for_you              ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:page_detail          ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:search               ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST guidance:search               ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  guidance:display              ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST guidance:display              ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:place                 ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:place_list            ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:role_join             ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:role_join             ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:person_request        ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:person_request        ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:person_answer         ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:person_answer         ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:home                  login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:journal_start         login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:journal_start         login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:entry_add             login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:entry_list            login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:entry_list            login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:entry_draft           login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:entry_bin             login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:entry_detail          login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:entry_detail          login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:entry_hard            login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:entry_hard            login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:edit_draft            login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:entry_readers         login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:entry_delete          login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:entry_restore         login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:entry_erase           login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:week_list             login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:picture_edit          login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:suggestion_edit       login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:suggestion_rules      login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:share_list            login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:share_new             login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:share_new             login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:share_add             login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:share_edit            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:share_stop            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:share_cover           login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:cover_begin           login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:handover_detail       login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:handover_detail       login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:handover_decline      login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:more                  login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:row_restore          login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:row_erase            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:person_list           login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:person_add            login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:person_add            login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:person_edit           login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:person_edit           login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:person_delete         login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:agreement_list        login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:agreement_add         login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:agreement_add         login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:agreement_edit        login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:agreement_edit        login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:agreement_delete      login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:family_page           login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:family_page           login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:summary_print         login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:summary_print         login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:export_list           login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:export_add            login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:export_detail         login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:export_file           login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:import_new            login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:import_new            login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:import_check          login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:import_check          login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:desk_queue            login     404      404   404    ok         ok     ok      ok      404        404         ok    404     ok       ok          404      404     404
GET  journal:desk_profile          login     404      404   404    ok         ok     ok      ok      404        404         ok    404     ok       ok          404      404     404
POST journal:desk_profile          login     404      404   404    ok         ok     ok      ok      404        404         ok    404     ok       ok          404      404     404
POST journal:desk_code             login     404      404   404    ok         ok     ok      ok      404        404         ok    404     ok       ok          404      404     404
GET  journal:centre_detail         login     404      404   404    404        404    404     404     404        404         404   ok      404      404         404      404     404
POST journal:role_approve          login     404      404   404    404        404    404     404     404        404         404   ok      404      404         404      404     404
POST journal:role_deactivate       login     404      404   404    404        404    404     404     404        404         404   ok      404      404         404      404     404
POST journal:role_recover          login     404      404   404    404        404    404     404     404        404         404   ok      404      404         404      404     404
GET  journal:role_handover         login     404      404   404    404        404    404     404     404        404         404   ok      404      404         404      404     404
POST journal:role_handover         login     404      404   404    404        404    404     404     404        404         404   ok      404      404         404      404     404
GET  journal:absence_list          login     404      404   404    404        404    404     404     404        404         404   ok      ok       404         404      404     404
POST journal:absence_list          login     404      404   404    404        404    404     404     404        404         404   ok      ok       404         404      404     404
POST journal:absence_cover         login     404      404   404    ok         404    404     404     404        404         404   ok      404      404         404      404     404
POST journal:absence_end           login     404      404   404    ok         404    404     404     404        404         404   ok      404      404         404      404     404
GET  journal:handover_new          login     404      404   404    ok         404    404     404     404        404         404   404     404      404         404      404     404
POST journal:handover_new          login     404      404   404    ok         404    404     404     404        404         404   404     404      404         404      404     404
POST journal:handover_withdraw     login     404      404   404    ok         404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:desk_family           login     404      404   404    ok         404    404     404     404        404         404   404     ok       404         404      404     404
POST journal:reply_add             login     404      404   404    ok         404    404     404     404        404         404   404     ok       404         404      404     404
POST journal:reply_draft           login     404      404   404    ok         404    404     404     404        404         404   404     ok       404         404      404     404
POST journal:review_finish         login     404      404   404    ok         404    404     404     404        404         404   404     ok       404         404      404     404
GET  journal:visit_list            login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_checklist       login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_add             login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_add             login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_detail          login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_edit            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_edit            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_sheet           login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_sheet           login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_sheet_readers   login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_briefing        login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_briefing        login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_told            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_told            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_answer          login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_answer          login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_link            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_note            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_ready           login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_off             login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_done            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_after           login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_after           login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_erase           login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:desk_visit            login     404      404   404    ok         404    404     404     404        404         404   404     404      404         404      404     404
POST journal:desk_visit            login     404      404   404    409        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:visit_public          ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:visit_public          ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:account_edit          login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:account_edit          login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:code_confirm          login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:code_confirm          login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  sitemap                       ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  robots                        ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:log_list              login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:member_list           login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:invitation_add        login     ok       ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:invitation_add        login     ok       ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:invitation_confirm    login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:invitation_confirm    login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:invitation_end        login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:member_offer          login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:member_remove         login     404      ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:journal_keep          login     404      404   ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:member_leave          login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:member_leave          login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:left_detail           login     404      404   404    404        404    404     404     404        404         404   404     404      404         404      ok      404
GET  journal:left_file             login     404      404   404    404        404    404     404     404        404         404   404     404      404         404      ok      404
POST journal:journal_switch        login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:journal_add           login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:journal_add           login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:invitation_open       ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:invitation_hello      ok        ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:invitation_join       login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:invitation_join       login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:invitation_accept     login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:invitation_cancel     login     404      404   404    404        404    404     404     404        404         404   404     404      404         404      404     ok
POST journal:part_edit             login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:question_add          login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:question_add          login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:check_ask             login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:check_add             login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:reply_edit            login     404      404   404    ok         404    404     404     404        404         404   404     404      404         404      404     404
POST journal:reply_edit            login     404      404   404    ok         404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:desk_page             login     404      404   404    ok         404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:desk_agreements       login     404      404   404    ok         404    404     404     404        404         404   404     404      404         404      404     404
POST journal:agreement_new_draft   login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:agreement_draft       login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:person_new_draft      login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:person_draft          login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_new_draft       login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:visit_draft           login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:page_draft            login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:question_draft        login     ok       ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:share_back            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:share_back            login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:share_answer          login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:hurt_edit             login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:hurt_edit             login     404      ok    ok     404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:account_erase         login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:account_data          login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:account_erase         login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:sessions_end          login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:still                 login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:here                  login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:recovery_stop         login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
GET  journal:journal_erase         login     ok       ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:request_list          login     404      404   404    404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:request_detail        login     404      404   404    404        404    404     404     404        404         404   404     404      404         404      404     404
POST journal:request_detail        login     404      404   404    404        404    404     404     404        404         404   404     404      404         404      404     404
GET  journal:consent_detail        login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:consent_withdraw      login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:consent_give          login     ok       ok    ok     ok         ok     ok      ok      ok         ok          ok    ok      ok       ok          ok       ok      ok
POST journal:journal_erase         login     ok       ok    404    404        404    404     404     404        404         404   404     404      404         404      404     404
"""

# Whoever answers what people who are written about ask has no journal and no desk: they meet what somebody meets who wrote
# here once and was removed, but for a copy of their own words, and these pages, which nobody else does.
CONTACT = {"journal:request_list", "journal:request_detail"}
NOTHING_LEFT = {"journal:left_detail", "journal:left_file"}

# Signing in and second factors are allauth's: each address is here so that a new one is seen; whether a signed-out visitor
# may open it is all that is said, because what they show is one's own account alone. begun: goes on with what was begun on the
# page before, else back to signing in. script: answers the passkey script alone.
ACCOUNT = """
open   account_login account_request_login_code account_logout account_inactive account_signup account_reset_password
open   account_password_reset_completed account_complete_password_reset
begun  account_confirm_login_code account_email_verification_sent account_confirm_password_reset_code
begun  mfa_authenticate
script mfa_login_webauthn
signed account_reauthenticate account_email account_change_password account_set_password mfa_index mfa_reauthenticate
signed mfa_activate_totp mfa_deactivate_totp mfa_view_recovery_codes mfa_generate_recovery_codes mfa_download_recovery_codes
signed mfa_list_webauthn mfa_add_webauthn mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_edit_webauthn
"""


@pytest.fixture(scope="module")
def lasting_world(lasting_world, django_db_blocker):
    """One cast for the whole table: each row undoes what it did. Every counsellor was once given all there is to give."""
    with django_db_blocker.unblock():
        for name, share in lasting_world.shares.items():
            for part in ("page", "agreements", "count") if name != "chosen" else ():
                factories.open_part(share, part, lasting_world.roles["owner"])
        factories.ask(lasting_world.share, lasting_world.roles["owner"], SECRET)
        lasting_world.rows["reply"] = factories.make_reply(lasting_world.share, entry=lasting_world.entry).pk
    return lasting_world


@pytest.fixture
def world(lasting_world, signed_in, db):
    """The cast of the table, signed in, in a transaction of the test's own."""
    return lasting_world


PARENTS = {"owner", "member"}
READERS = PARENTS | {"counsellor", "covering"}


def parse(table):
    header, *lines = (line.split() for line in table.strip().splitlines())
    rows = [(method, name, dict(zip(header, cells, strict=True))) for method, name, *cells in lines]
    own = dict.fromkeys(CONTACT, "ok") | dict.fromkeys(NOTHING_LEFT, "404")
    return [(method, name, row | {"contact": own.get(name, row["removed"])}) for method, name, row in rows]


ROWS = parse(TABLE)
ACCOUNT_NAMES = {name: line.split()[0] for line in ACCOUNT.strip().splitlines() for name in line.split()[1:]}


def all_urls(resolver=None, namespace="", before=()):
    """Yield (name, argument names) for each address of the project."""
    for pattern in (resolver or get_resolver()).url_patterns:
        names = (*before, *pattern.pattern.converters) if hasattr(pattern.pattern, "converters") else before
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from all_urls(pattern, inner, names)
        else:
            yield f"{namespace}{pattern.name}", names


URLS = dict(all_urls())


def test_every_address_has_a_row_for_each_method_it_answers():
    named = [(method, name) for method, name, _ in ROWS]
    assert len(named) == len(set(named))
    assert {name for _, name in named} | set(ACCOUNT_NAMES) == set(URLS)


def outcome(response):
    target = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
    if target.startswith(reverse("account_login")) or response.status_code == 401:
        return "login"
    return "ok" if response.status_code in {200, 204, 302, 303, 422} else str(response.status_code)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
@pytest.mark.parametrize(("method", "name", "expected"), ROWS, ids=[f"{method} {name}" for method, name, _ in ROWS])
def test_an_address_opens_for_whom_the_table_says(client, world, signed_in, method, name, expected, headers):
    url = reverse(name, kwargs=world.url_arguments(URLS[name], name))
    actual = {}
    # A public view is the same for everybody by construction (test_pages proves it): two roles say enough.
    public = getattr(resolve(url).func, "is_public", False)
    roles = {role: user for role, user in world.roles.items() if not public or role in {"anonymous", "owner"}}
    for role, user in roles.items():
        with transaction.atomic():
            response = signed_in.use(client, role).generic(method, url, headers=headers)
            body = response.content.decode(errors="replace")
            read = SECRET in body
            logged = read and user is not None and AccessEvent.objects.filter(who=user.pk, role="counsellor").exists()
            transaction.set_rollback(True)
        actual[role] = outcome(response)
        assert role in READERS or not read, f"{role} read the journal"
        assert role == "owner" or PRIVATE not in body, f"{role} read what one parent kept"
        assert role == "member" or MEMBER_PRIVATE not in body, f"{role} read what the other parent kept"
        assert role in {"stranger", "other"} or OTHER_FAMILY not in body, f"{role} read another family"
        assert role == "contact" or name == "journal:person_answer" or ASKED not in body, f"{role} read what was asked"
        assert role in PARENTS or not read or logged, f"{role} read without a trace"
    assert actual == {role: expected[role] for role in roles}


@pytest.mark.parametrize("name", sorted(ACCOUNT_NAMES))
def test_account_pages_ask_for_a_sign_in_where_they_show_an_account(client, world, name):
    url = reverse(name, kwargs=world.url_arguments(URLS[name]))
    response = client.get(url)
    if ACCOUNT_NAMES[name] == "script":
        assert response.status_code in {200, 302}
        assert world.roles["owner"].email not in response.content.decode()
    else:
        assert (outcome(response) == "login") == (ACCOUNT_NAMES[name] in {"signed", "begun"})


@pytest.mark.parametrize("name", sorted(set(URLS) - set(ACCOUNT_NAMES)))
def test_other_methods_are_refused(client, world, name):
    sign_in(client, world.roles["owner"])
    allowed = {method for method, row_name, _ in ROWS if row_name == name}
    url = reverse(name, kwargs=world.url_arguments(URLS[name]))
    for method in {"GET", "POST", "PUT", "DELETE", "TRACE"} - allowed:
        assert client.generic(method, url).status_code == 405, method


@pytest.mark.parametrize("made_up", ["00000000-0000-4000-8000-000000000000", "theirs"])
@pytest.mark.parametrize("name", ["journal:entry_detail", "journal:entry_hard", "journal:desk_family", "journal:desk_page"])
def test_somebody_elses_and_nobodys_answer_alike(client, world, name, made_up):
    sign_in(client, world.roles["stranger"])
    (argument,) = URLS[name]
    theirs = client.get(reverse(name, kwargs=world.url_arguments(URLS[name])))
    pk = made_up if made_up != "theirs" else world.private.pk
    none = client.get(reverse(name, kwargs={argument: pk}))
    assert theirs.status_code == none.status_code == 404
    assert theirs.content.replace(str(world.entry.pk).encode(), b"") == none.content.replace(str(pk).encode(), b"") or len(
        theirs.content
    ) == len(none.content)


def test_a_body_that_names_anothers_journal_is_404_and_writes_nothing(client, world):
    sign_in(client, world.roles["stranger"])
    before = world.journal.entries.count()
    data = {"journal": world.journal.pk, "submission": world.entry.submission, "kind": "greet"}
    assert client.post(reverse("journal:entry_add"), data).status_code == 404
    assert world.journal.entries.count() == before


def test_a_body_that_names_anothers_entry_answers_without_it(client, world):
    sign_in(client, world.roles["counsellor"])
    data = {"submission": world.entry.submission, "entry": world.other_entry.pk, "text": "Hello"}
    before = world.journal.replies.count()
    response = client.post(reverse("journal:reply_add", args=[world.share.pk]), data)
    assert response.status_code == 422
    assert OTHER_FAMILY not in response.content.decode()
    assert world.journal.replies.count() == before


def test_a_disabled_account_is_signed_out_with_its_next_request(client, world):
    sign_in(client, world.roles["owner"])
    type(world.roles["owner"]).objects.filter(pk=world.roles["owner"].pk).update(is_active=False)
    assert outcome(client.get(reverse("journal:entry_list"))) == "login"

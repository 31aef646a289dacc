"""Setting up a lost second check anew: begun by the manager of a centre, stopped by whose account it is."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from journal import wording
from journal.models import CentreRole, Recovery
from journal.models.recoveries import StoppedLately
from journal.requests import SignedInRequest
from journal.views.current import confirmed_lately


@require_POST
@confirmed_lately
def role_recover(request: SignedInRequest, role_id: UUID) -> HttpResponse:
    """Ask for it: told by mail and on every page of whose account it is; done after three days."""
    role = get_object_or_404(CentreRole.objects.recoverable_by(request.user).select_related("user"), pk=role_id)
    try:
        recovery, new = Recovery.objects.begin(role, by=request.user)
    except StoppedLately as stopped:
        day = wording.moment(stopped.until.astimezone(request.user.zone))
        messages.error(request, _("They stopped it. It can be asked for again from %(day)s.") % {"day": day})
        return redirect("journal:centre_detail")
    if new and not _tell(recovery):
        messages.error(request, _("The mail about it could not be sent, so nothing has begun. Try again later."))
        return redirect("journal:centre_detail")
    day = wording.moment(recovery.due_at.astimezone(request.user.zone))
    messages.success(
        request, _("The second check is taken away on %(day)s, unless it is stopped before. They are told now.") % {"day": day}
    )
    return redirect("journal:centre_detail")


@require_POST
def recovery_stop(request: SignedInRequest) -> HttpResponse:
    """Say no: everything stays as it is."""
    Recovery.objects.stop(request.user)
    messages.success(request, _("Your second check stays. Tell your centre that you did not ask for this."))
    return redirect("mfa_index")


def _tell(recovery: Recovery) -> bool:
    """Mail it, with no transaction open: nobody waits for the mail server. Where nobody can be told, nothing begins."""
    try:
        _mail(recovery).send()
    except Exception as error:  # whatever it is: they do not know of it
        recovery.withdraw(f"no mail ({type(error).__name__})")
        return False
    return True


def _mail(recovery: Recovery) -> EmailMessage:
    user = recovery.user
    with translation.override(user.language):
        context = {
            "day": wording.moment(recovery.due_at.astimezone(user.zone)),
            "link": f"{settings.SITE_URL}/{user.language}/account/sign-in/",
        }
        subject = render_to_string("journal/email/recovery_subject.txt").strip()
        body = render_to_string("journal/email/recovery_message.txt", context).strip()
    return EmailMessage(subject, f"{body}\n", to=[user.email])

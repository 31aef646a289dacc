"""Addresses of signing in and out: allauth's views under plain names."""

from functools import wraps

from allauth.account import views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.public import View


def forgotten(view: View) -> View:
    """After signing out, have the browser drop what it kept of this site: pages in its cache, and anything a script left."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        response = view(request)
        if request.method == "POST":
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return wrapper


def mailed_again(view: View) -> View:
    """Where a new code is asked for, mail an address that has an account already, too: no mail would be the quicker answer."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        asked = request.method == "POST" and request.POST.get("action") == "resend"
        pretended = EmailVerificationProcess.resume(request) if asked else None
        mails = pretended is not None and "user_id" not in pretended.state and pretended.can_resend
        response = view(request)
        if pretended is not None and mails and response.status_code == 302:
            get_adapter().send_account_already_exists_mail(pretended.email)
        return response

    return wrapper


urlpatterns = [
    path("sign-in/", views.login, name="account_login"),
    path("sign-in/code/", views.request_login_code, name="account_request_login_code"),
    path("sign-in/code/confirm/", views.confirm_login_code, name="account_confirm_login_code"),
    path("sign-out/", forgotten(views.logout), name="account_logout"),
    path("closed/", views.account_inactive, name="account_inactive"),
    path("sign-up/", views.signup, name="account_signup"),
    path("again/", views.reauthenticate, name="account_reauthenticate"),
    path("email/", views.email, name="account_email"),
    path("email/confirm/", mailed_again(views.email_verification_sent), name="account_email_verification_sent"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/forgotten/", views.password_reset, name="account_reset_password"),
    path("password/forgotten/code/", views.confirm_password_reset_code, name="account_confirm_password_reset_code"),
    path("password/forgotten/new/", views.complete_password_reset, name="account_complete_password_reset"),
    path("password/forgotten/done/", views.password_reset_from_key_done, name="account_password_reset_completed"),
    path("2fa/", include("allauth.mfa.urls")),
]

"""A person's own sign-in: what they sign in with, where they are signed in, and what was kept for them.

The library's views do the steps; here each writes its entry into the log and the session gains what was shown.
"""

import uuid
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openmara.errors import NotFound
from openmara.security import actions, kept, signin, standing
from openmara.security.models import Person


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Passkeys, authenticator app, recovery codes, sessions."""
    return render(request, "account/account.html", standing.of(request, _person(request)))


@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """One other session of the person, or all others."""
    given = request.POST.get("session", "")
    ended = standing.end_others(request) if given == "others" else standing.end_one(given)
    actions.record("security:session:end", outcome="done" if ended else "refused")
    return redirect("account")


class AddPasskey(AddWebAuthnView):
    """Adding a passkey shows it: from here on the session counts as signed in with it."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, _person(self.request), "mfa", type=Authenticator.Type.WEBAUTHN, reauthenticated=True)
        return _changed(self.request, "security:passkey:add", response)


class RemovePasskey(RemoveWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        standing.end_others(self.request)
        return _changed(self.request, "security:passkey:remove", response)


class AddApp(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, _person(self.request), "mfa", type=Authenticator.Type.TOTP, reauthenticated=True)
        return _changed(self.request, "security:app:add", response)


class RemoveApp(DeactivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        standing.end_others(self.request)
        return _changed(self.request, "security:app:remove", response)


class NewCodes(GenerateRecoveryCodesView):
    """The old ones are worth nothing from here on. The person's row is not locked for it: nobody may change that row."""

    def form_valid(self, form: Any) -> HttpResponse:
        signin.forget_recovery_codes(_person(self.request))
        auto_generate_recovery_codes(self.request)
        return _changed(self.request, "security:codes:renew", HttpResponseRedirect(self.get_success_url()))


@require_http_methods(["GET", "HEAD", "POST"])
def show_kept(request: HttpRequest, kept_id: uuid.UUID) -> HttpResponse:
    """What was sent when the time was over. Sent again it goes where it was meant for, by the browser, under the rules of that page."""
    one = next((found for found in kept.mine(_person(request).id) if found.id == kept_id), None)
    if one is None:
        raise NotFound(_("What was kept here is gone: it is held for half an hour."))
    if request.method != "POST":
        return render(request, "account/kept.html", {"kept": one, "page": one.path.partition("?")[0]})
    kept.drop(one.id)
    if request.POST.get("kept_do") == "discard":
        return redirect("start")
    resolve(one.path.partition("?")[0])
    return HttpResponse(status=307, headers={"Location": one.path})


def _changed(request: HttpRequest, event: str, response: HttpResponse) -> HttpResponse:
    actions.record(event)
    return response


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]  # LoginRequiredMiddleware lets nobody else in

"""What django-allauth asks this installation: where the context opens, what counts as proof, how secrets are encrypted."""

import base64
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from openmara.security import actions, context, devices, kept, signin, standing
from openmara.security.crypto import key_for, seal, unseal
from openmara.security.permissions import check_ordinary
from openmara.security.sessions import PASSKEY, SessionStore, proved_at, strength_of

FRESH = 300  # seconds
WORDS = {
    "username_password_mismatch": _("The name and the pass phrase do not fit together. Try again, or ask your administrator."),
    "too_many_login_attempts": _("Too many attempts. Wait five minutes, or sign in with your passkey."),
    "rate_limited": _("Too many attempts. Wait five minutes."),
    "incorrect_code": _("This was not accepted. Try again."),
    "incorrect_password": _("The pass phrase is not right."),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | WORDS

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Own paths only."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None) and str(url).startswith("/")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        actions.record("security:session:refuse", outcome="refused")

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **hooks: Any) -> HttpResponse | None:
        """Between first and second factor only the person's own account is open, under a new session secret."""
        if not context.enter_sign_in(user.pk):
            clear_login(request)
            return redirect("sign-in")
        request.session.cycle_key()
        return super().pre_login(request, user, **hooks)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        session: SessionStore = request.session  # type: ignore[assignment]  # the engine of the settings
        session["device"] = devices.name(request.headers.get("User-Agent", ""))
        session.save()
        signin.opened(request, strength_of(session))
        if session.ended_others:
            words = ngettext(
                "You were signed in elsewhere too: the oldest of those sessions has ended.",
                "You were signed in elsewhere too: the oldest %(count)d of those sessions have ended.", session.ended_others,
            )  # fmt: skip
            messages.warning(request, words % {"count": session.ended_others})

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **hooks: Any) -> HttpResponse:
        response = super().post_login(request, user, **hooks)
        session: SessionStore = request.session  # type: ignore[assignment]  # as above
        session.clear_expired()
        waiting = kept.mine(user.pk)
        if waiting:
            return redirect("kept", kept_id=waiting[0].id)
        return redirect("account") if strength_of(session) < PASSKEY and standing.wants_passkey(request.user) else response

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Proved within five minutes; and whoever has a passkey changes their sign-in with the passkey only."""
        check_ordinary()
        session = self.request.session
        if time.time() - (proved_at(session) or 0) > FRESH:
            return True
        return strength_of(session) < PASSKEY and _has(self.request.user, Authenticator.Type.WEBAUTHN)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The strongest the person has: a passkey, else a code, else the pass phrase."""
        if not user.is_authenticated:
            return []
        name = "account_reauthenticate"
        if _has(user, Authenticator.Type.WEBAUTHN):
            name = "mfa_reauthenticate_webauthn"
        elif _has(user, Authenticator.Type.TOTP):
            name = "mfa_reauthenticate"
        return [{"id": name, "description": "", "url": reverse(name)}]

    def send_notification_mail(self, *args: Any, **more: Any) -> None:
        """No e-mail: changes are in the log, and on the person's own page."""


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WORDS["incorrect_code"]}

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text.encode(), key=_key(), belongs_to="authenticator")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), key=_key(), belongs_to="authenticator").decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return devices.name(self.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "OpenMARA"}


def _has(user: Any, kind: str) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type=kind).exists()


def _key() -> bytes:
    return key_for("authenticator", settings.AUTHENTICATOR_KEY)

"""Around the steps of signing in: the context between two factors, a pass phrase that is not enough, proof asked for, time that ran out."""

import time
import uuid
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from openmara.security import actions, context, kept
from openmara.security.sessions import PHRASE, dated_proof, hash_of, proved_at, strength_of

# What somebody signed in by a pass phrase alone may use: their own sign-in, leaving, the language.
FIRST_STEPS = ("account", "own-recovery", "session-end", "sign-out", "language", "blank", "health", "account_reauthenticate")
OUT_OF_TIME = ("idle", "absolute")


class SignInMiddleware:
    """Inside the context's transaction, before sign-in is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _comes_from_elsewhere(request):
            return render(request, "account/arrive.html")
        before = proved_at(request.session) if request.session.get(SESSION_KEY) else None
        if not before:
            _resume(request)
        response = self.get_response(request)
        after = proved_at(request.session)
        if before and after and after > before:
            request.session.cycle_key()
            actions.record("security:session:prove")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: object, kwargs: object) -> HttpResponse | None:
        if request.user.is_authenticated:
            name = request.resolver_match.view_name if request.resolver_match else ""
            if strength_of(request.session) == PHRASE and name not in FIRST_STEPS and not name.startswith("mfa_"):
                return redirect("account")
        elif getattr(view, "login_required", True):
            return _time_is_over(request)
        return None


def ask_for_proof(request: HttpRequest) -> HttpResponse:
    """To the page where the person shows again who they are, and back; what they sent is kept until then."""
    target = request.get_full_path()
    person: uuid.UUID = request.user.pk  # type: ignore[assignment]  # only somebody signed in is asked
    sealed = kept.sealed(request, person) if request.method == "POST" else None
    if request.method == "POST":
        target = reverse("kept", args=[sealed.id]) if sealed else _page_before(request)
    methods = get_adapter().get_reauthentication_methods(request.user)
    response = redirect(f"{methods[0]['url']}?{urlencode({'next': target})}")
    response.refused = True  # type: ignore[attr-defined]  # nothing else of the request is kept
    response.afterwards = (lambda: kept.store(sealed)) if sealed else None  # type: ignore[attr-defined]  # in the refusal's own transaction
    return response


def _page_before(request: HttpRequest) -> str:
    """The page a form was on; the start where the browser does not say."""
    before = request.headers.get("Referer", "").removeprefix(f"{request.scheme}://{request.get_host()}")
    return before if before.startswith("/") and not before.startswith("//") else "/"


def _resume(request: HttpRequest) -> None:
    """Between first and second factor: the person's own account is open, and nothing else."""
    pending = request.session.get(LOGIN_SESSION_KEY)
    if not isinstance(pending, dict) or not pending.get("user_pk"):
        return
    if time.time() - pending.get("initiated_at", 0) < settings.ACCOUNT_LOGIN_TIMEOUT:
        context.enter_sign_in(uuid.UUID(pending["user_pk"]))


def _time_is_over(request: HttpRequest) -> HttpResponse | None:
    """A session that no longer holds: say why, and keep what was sent for the person whose session it was."""
    secret = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not secret:
        return None
    hashed = hash_of(secret)
    with connection.cursor() as cursor:
        cursor.execute("select person_id, why from sec.session_fate(%s, %s, %s)", [hashed, *dated_proof(f"fate|{hashed.hex()}")])
        found = cursor.fetchone()
    if found is None:
        return None
    person, why = found
    target = request.get_full_path()
    if request.method == "POST":
        target = _page_before(request)
        sealed = kept.sealed(request, person)
        if why in OUT_OF_TIME and sealed:
            kept.store(sealed)
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': target, 'why': why})}")


def _comes_from_elsewhere(request: HttpRequest) -> bool:
    """A link from another site brings no cookie of ours (SameSite=Strict). One step of our own, and it does."""
    return (
        request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site"
        and request.headers.get("Sec-Fetch-Mode") == "navigate" and settings.SESSION_COOKIE_NAME not in request.COOKIES
    )  # fmt: skip

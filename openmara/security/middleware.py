"""One transaction and one verified context around the whole answer, template rendering included (ADR 0001)."""

import re
import uuid
from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openmara import errors
from openmara.security import actions, context, routes, scope
from openmara.security.models import Mission
from openmara.security.signin_middleware import ask_for_proof
from openmara.security.watch import doors

STATUS = {errors.NotFound: 404, errors.NotAllowed: 403, errors.NotNow: 409, errors.NotValid: 422, errors.Conflict: 409}
CODE = re.compile(r"[-a-zA-Z0-9_]{1,40}")
Answer = Callable[[HttpRequest], HttpResponse]


def mission_in_address(path: str) -> str | None:
    """The mission's code in an address such as /m/carana/incidents/."""
    parts = path.split("/")
    return parts[2] if len(parts) > 3 and parts[1] == "m" and CODE.fullmatch(parts[2]) else None


class ContextMiddleware:
    """Opens the context for the mission in the address. Without a session the request sees no rows at all."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.mission = None  # type: ignore[attr-defined]  # set for views
        actions.request_id.set(uuid.uuid4())
        scope.put(None)
        try:
            return self._answer(request)
        finally:
            scope.put(None)  # the thread's next request begins with nothing

    def _answer(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            self._enter(request)
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
            if response.status_code >= 500 or getattr(response, "refused", False):
                transaction.set_rollback(True)
        if response.status_code >= 500 or getattr(response, "refused", False):
            self._note_refusal(request, response)
        return response

    def _enter(self, request: HttpRequest) -> None:
        key = request.session.session_key
        if not key or not request.session.get(SESSION_KEY):
            return
        if not context.enter_session(key, None):
            return
        code = mission_in_address(request.path)
        if code:
            mission = Mission.objects.filter(code=code).first()
            if mission and context.enter_session(key, mission.id):
                request.mission = mission  # type: ignore[attr-defined]  # set for views
            else:
                context.enter_session(key, None)

    def _note_refusal(self, request: HttpRequest, response: HttpResponse) -> None:
        with transaction.atomic():
            self._enter(request)
            outcome = "failed" if response.status_code >= 500 else "refused"
            actions.record("security:request:refuse", outcome=outcome, purpose=str(response.status_code))
            if afterwards := getattr(response, "afterwards", None):
                afterwards()


class RefusalMiddleware:
    """Turns a refusal of any room into a page that says why and what to do; nothing of the request is kept."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """A mission without a grant looks like one that is not there; then the policy file's line for the address decides."""
        mission = request.mission  # type: ignore[attr-defined]  # set by ContextMiddleware
        code = mission_in_address(request.path)
        if code and request.user.is_authenticated and (closed := doors.answer_when_closed(request, code)):
            return closed
        if mission is None and request.user.is_authenticated and code:
            raise Http404
        request.user.active_mission = mission  # type: ignore[union-attr]  # carried for queries, not stored
        try:
            routes.check(request)
            doors.check_only_reads(request)
        except errors.Refusal as refusal:  # Django turns exceptions of views into pages, not those of this step
            return self.process_exception(request, refusal)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, errors.Refusal):
            return None
        status = next((STATUS[kind] for kind in type(exception).__mro__ if kind in STATUS), 403)
        if connection.needs_rollback:
            return HttpResponse(status=status)
        if isinstance(exception, errors.ProveAgain):
            return ask_for_proof(request)
        reason = str(exception) or _("This is not possible.")
        response = render(request, "refused.html", {"reason": reason, "status": status}, status=status)
        response.refused = True  # type: ignore[attr-defined]  # read by ContextMiddleware
        return response

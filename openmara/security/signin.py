"""Who signs in: the pass phrase's check, the way in for somebody newly invited, a new pass phrase.

Unknown, invited, suspended and wrong look the same and take the same work. The steps themselves are django-allauth's.
"""

import threading
import uuid
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest, HttpResponse

from openmara.errors import NotValid
from openmara.security import actions, context
from openmara.security.models import Person
from openmara.security.sessions import dated_proof

AT_ONCE = threading.BoundedSemaphore(2)  # a check takes 100 MiB: many at once must not take the memory of the rest


class PasswordBackend(BaseBackend):
    """Reads one account through a function of the database; the application's role cannot read password hashes."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        if not username or password is None or "\x00" in username:
            return None
        with connection.cursor() as cursor:
            cursor.execute("select id, password, is_active from sec.find_login(%s, %s, %s)", [username, *dated_proof(f"login|{username}")])
            row = cursor.fetchone()
        with AT_ONCE:
            if row is None:
                make_password(password)  # the same work as a real check
                return None
            if not check_password(password, row[1]) or not row[2]:
                return None
        return Person(id=row[0], username=username, is_active=True)

    def get_user(self, user_id: str | uuid.UUID) -> Person | None:
        return Person.objects.filter(id=user_id, is_active=True).first()


def begin(request: HttpRequest, person: Person) -> HttpResponse:
    """Sign somebody in who has just shown who they are by an invitation or a reset: to the second factor, or to adding one."""
    from allauth.account.internal.flows.login import perform_login, record_authentication
    from allauth.account.models import Login

    record_authentication(request, person, method="password")
    response: HttpResponse = perform_login(request, Login(user=person))
    return response


def check_pass_phrase(pass_phrase: str, *, person: Person | None = None) -> None:
    """At least twelve characters, not a common one, not the name."""
    try:
        validate_password(pass_phrase, person)
    except ValidationError as problem:
        raise NotValid(problems={"pass_phrase": " ".join(problem.messages)}) from None


def set_password(person: Person, pass_phrase: str) -> None:
    """A new pass phrase; every session of the person ends. Whoever calls has checked the right to do it."""
    check_pass_phrase(pass_phrase, person=person)
    hashed = make_password(pass_phrase)
    with connection.cursor() as cursor:
        cursor.execute("select sec.set_password(%s, %s, %s, %s)", [person.id, hashed, *dated_proof(f"password|{person.id}|{hashed}")])


def opened(request: HttpRequest, strength: int) -> None:
    """After the last step: the session's own context, and the entry of the log in it."""
    context.enter_session(str(request.session.session_key), None)
    actions.record("security:session:open", purpose=("phrase", "code", "passkey")[strength])


def forget_recovery_codes(person: Person) -> None:
    """Before new ones are made. The database asks that the person has just shown who they are."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user_id=person.id, type=Authenticator.Type.RECOVERY_CODES).delete()

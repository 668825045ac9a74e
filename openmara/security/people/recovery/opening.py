"""The session of an emergency: of this person, in one mission, four hours at most, and never proved anew."""

from django.contrib.auth import login
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from openmara.security import context
from openmara.security.actions import record
from openmara.security.models import Person
from openmara.security.people.tokens import Token
from openmara.security.sessions import RECORDS, RECORDS_OF, dated_proof, hash_of

BACKEND = "openmara.security.signin.PasswordBackend"
# Stands for the two officers: as strong as a passkey, and shown so long ago that no proof of it is fresh.
SHOWN = [{"method": "mfa", "type": "webauthn", "at": 0.0}]


def open_session(request: HttpRequest, token: Token) -> bool:
    """Begin the session and use the token up, in one transaction; False where the token no longer counts."""
    context.enter_sign_in(token.person)
    person = Person.objects.get(id=token.person)
    with transaction.atomic():
        login(request, person, backend=BACKEND)
        request.session.update({RECORDS: SHOWN, RECORDS_OF: str(person.id), "device": _("Emergency opening")})
        request.session.save()
        hashed = hash_of(str(request.session.session_key))
        with connection.cursor() as cursor:
            message = f"emergency|{token.hashed.hex()}|{hashed.hex()}"
            cursor.execute("select sec.use_emergency(%s, %s, %s, %s)", [token.hashed, hashed, *dated_proof(message)])
            if cursor.fetchone()[0] is None:
                request.session.flush()
                return False
        context.enter_session(str(request.session.session_key), None)
        record("security:emergency:use", objects=[person.id])
    return True

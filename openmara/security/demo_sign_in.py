"""Sign-in of a demonstration: one-time codes printed beside the pass phrase, only while every mission is synthetic (decision 23)."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import encrypt

from openmara.security.models import Person


def add_totp(person: Person) -> str:
    """Give somebody of a demonstration an authenticator app's secret, and return it. Called inside `installing()` only."""
    secret: str = generate_totp_secret()
    row = Authenticator(user_id=person.id, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
    row.save(using="owner", force_insert=True)
    return secret


def code_now(secret: str) -> str:
    """The six digits an authenticator app would show at this moment (RFC 6238)."""
    code: str = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    return code

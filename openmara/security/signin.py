"""Signing in by name and password. Unknown names take as long as wrong passwords."""

import uuid
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection
from django.http import HttpRequest

from openmara.security.models import Person
from openmara.security.sessions import dated_proof


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
        if row is None:
            make_password(password)  # the same work as a real check
            return None
        if not check_password(password, row[1]) or not row[2]:
            return None
        return Person(id=row[0], username=username, is_active=True)

    def get_user(self, user_id: str | uuid.UUID) -> Person | None:
        return Person.objects.filter(id=user_id, is_active=True).first()

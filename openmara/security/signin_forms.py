"""The library's passkey forms with two things more: the context of whose passkey it says it is, and the counter of the key (B-59)."""

import uuid

from allauth.account.utils import url_str_to_user_pk
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as library
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode

from openmara.security import actions, context


class AddPasskey(library.AddWebAuthnForm):
    """Every passkey signs in alone and asks for finger, face or PIN: there is no weaker kind to choose."""

    name = forms.CharField(label=_("A name for this passkey"), max_length=60, required=False)
    passwordless = forms.BooleanField(widget=forms.HiddenInput, initial=True, required=False)

    def clean_passwordless(self) -> bool:
        return True


class Counted:
    """A key whose counter goes back may have been copied: it is refused, and the log says so. Keys without a counter stay at 0."""

    def clean_credential(self) -> Authenticator:
        given = self.cleaned_data["credential"]  # type: ignore[attr-defined]  # a form
        try:
            authenticator: Authenticator = super().clean_credential()  # type: ignore[misc]  # the library's form beside this one
            counter = parse_authentication_response(given).response.authenticator_data.counter
        except (AttributeError, KeyError, TypeError, ValueError):  # the library expects a well-formed credential
            raise get_adapter().validation_error("incorrect_code") from None
        if counter and counter <= authenticator.data.get("counter", 0):
            actions.record("security:passkey:rollback", outcome="refused")
            raise get_adapter().validation_error("incorrect_code")
        if counter:
            authenticator.data["counter"] = counter
            authenticator.save(update_fields=["data"])
        return authenticator


class SignInByPasskey(Counted, library.LoginWebAuthnForm):
    """Nobody is known yet: the credential itself says whose it is, and only that person's keys are opened to check it."""

    def clean_credential(self) -> Authenticator:
        try:
            handle = self.cleaned_data["credential"]["response"]["userHandle"]
            person = url_str_to_user_pk(websafe_decode(handle).decode())
        except (KeyError, TypeError, ValueError, ValidationError):
            raise get_adapter().validation_error("incorrect_code") from None
        if not isinstance(person, uuid.UUID) or not context.enter_sign_in(person):
            actions.record("security:session:refuse", outcome="refused")
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_credential()


class SecondFactorPasskey(Counted, library.AuthenticateWebAuthnForm):
    """After the pass phrase."""


class ProveByPasskey(Counted, library.ReauthenticateWebAuthnForm):
    """Before something that asks for proof."""

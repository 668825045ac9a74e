"""Addresses of signing in and of one's own sign-in. The library finds its views by the names in quotes; sign-up has none."""

from allauth.account import views as steps
from allauth.mfa.base import views as second
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path

from openmara.security import signin_views as own

urlpatterns: list[URLPattern] = [
    path("sign-in/", steps.login, name="sign-in"),
    path("sign-in/", steps.login, name="account_login"),
    path("sign-in/passkey/", login_not_required(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/second/", second.authenticate, name="mfa_authenticate"),
    path("account/", own.account, name="account"),
    path("account/", own.account, name="mfa_index"),
    path("account/", own.account, name="mfa_list_webauthn"),
    path("account/sessions/end/", own.end_session, name="session-end"),
    path("account/prove/", steps.reauthenticate, name="account_reauthenticate"),
    path("account/prove/code/", second.reauthenticate, name="mfa_reauthenticate"),
    path("account/prove/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/passkeys/add/", own.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", own.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("account/passkeys/<int:pk>/name/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/app/add/", own.AddApp.as_view(), name="mfa_activate_totp"),
    path("account/app/remove/", own.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("account/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/codes/new/", own.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("account/kept/<uuid:kept_id>/", own.show_kept, name="kept"),
]

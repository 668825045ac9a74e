"""Views that answer without sign-in, each with its reason. Every other view asks for one."""

OPEN_VIEWS = {
    "allauth.account.views.view": "the way in: name and pass phrase",
    "allauth.mfa.base.views.view": "the second step, for whom the first has let through",
    "allauth.mfa.webauthn.views.view": "the way in by passkey",
    "openmara.web.views.set_language": "the sign-in page is read in one's own language; sets a cookie, reads nothing",
    "openmara.web.views.health": "says that the process answers, and nothing else",
    "openmara.web.views.blank": "an empty page: where the leave-quickly key leads",
    "openmara.security.people.recovery.views.door": "one-time links of invitations and ways back; any other link gets one constant answer",
    "openmara.security.people.recovery.views.own": "between the two steps of signing in one may stop a reset; without a context it says nothing",
}

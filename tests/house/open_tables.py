"""Tables without mission data, each with its reason. Every other table shows no row without context."""

OPEN_TABLES = {
    "django_migrations": "names of schema steps",
    "django_content_type": "names of models",
    "auth_permission": "unused names that Django makes",
    "auth_group": "unused, always empty",
    "auth_group_permissions": "unused, always empty",
    "procrastinate_jobs": "ids of jobs only; what a job does lies in mission tables",
    "procrastinate_events": "states of jobs",
    "procrastinate_periodic_defers": "times of periodic jobs",
    "procrastinate_workers": "heartbeats of workers",
}

# Tables of libraries that hold something of one person: forced row security, that person's own rows and nobody else's.
PERSONAL_TABLES = {
    "mfa_authenticator": "a person's passkeys, app secret and recovery codes (S5, the secrets encrypted)",
    "account_emailaddress": "always empty: there is no e-mail in sign-in",
    "account_emailconfirmation": "always empty",
}

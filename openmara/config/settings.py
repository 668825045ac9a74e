"""Django's settings. Values come from the environment through `env`; the rest is fixed here."""

import os

from openmara import ROOT
from openmara.config import env

KEPT = env.kept_secrets()
DEBUG = env.flag("OPENMARA_DEBUG")
SECRET_KEY = env.secret("OPENMARA_SECRET_KEY") or KEPT["django"]
SESSION_MAC_KEY = bytes.fromhex(env.secret("OPENMARA_SESSION_MAC_KEY") or KEPT["session_mac"])
AUTHENTICATOR_KEY = bytes.fromhex(env.secret("OPENMARA_AUTHENTICATOR_KEY") or KEPT["authenticators"])
FRAME_KEY = bytes.fromhex(env.secret("OPENMARA_FRAME_KEY") or KEPT["frames"])
LOG_MAC_KEY = bytes.fromhex(env.secret("OPENMARA_LOG_KEY") or KEPT["log_mac"])
VERIFY_MAC_KEY = bytes.fromhex(env.secret("OPENMARA_VERIFY_KEY") or KEPT["verify_mac"])
LOG_SEEDS = {name: bytes.fromhex(env.secret(f"OPENMARA_{name.upper()}") or KEPT[name]) for name in ("log_ed25519", "log_mldsa44")}
LOG_NAME = os.environ.get("OPENMARA_LOG_NAME")
WITNESSES = os.environ.get("OPENMARA_WITNESSES")
ALLOWED_HOSTS = env.text("OPENMARA_HOSTS", "localhost,127.0.0.1").split(",")
DATA_FOLDER = env.data_folder()
EXTERNAL_DATABASE = os.environ.get("DATABASE_URL")
# A statement asked five times is planned once: planning of row security is most of its cost (ADR 0012). A pooler in transaction mode
# must know prepared statements for that, and PgBouncer does since 1.21: with a server of one's own it is switched on by hand.
PREPARED = env.flag("OPENMARA_PREPARED", not EXTERNAL_DATABASE)
RUN_AS = os.environ.get("OPENMARA_RUN_AS", "app_web")

# What was made of a quarter's figures, said by rooms that evidence does not know: taking a verification back shows it first.
TOUCHED_BY = ("openmara.indicators.queries.touching", "openmara.publish.queries.touching")
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "openmara.config",
    "openmara.security",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "openmara.places",
    "openmara.parties",
    "openmara.evidence",
    "openmara.linkage",
    "openmara.activities",
    "openmara.indicators",
    "openmara.publish",
    "openmara.interop",
    "openmara.web",
]
MIDDLEWARE = [
    "openmara.security.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random against guessing by length
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "openmara.security.routes.KnownRoutes",  # its check of the method comes before the one of the token
    "django.middleware.csrf.CsrfViewMiddleware",
    "openmara.security.middleware.ContextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "openmara.security.signin_middleware.SignInMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "openmara.security.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "openmara.config.urls"
WSGI_APPLICATION = "openmara.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "openmara.web.frame.page",
            ],
            "builtins": ["openmara.web.templatetags.mara"],
        },
    }
]


def _database(role: str, options: str = "") -> dict[str, object]:
    from urllib.parse import unquote, urlparse

    common: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"options": options, "server_side_binding": True, "prepare_threshold": 5 if PREPARED and role != "migrator" else None},
        "TEST": {"NAME": os.environ.get("OPENMARA_DATABASE", "openmara")},
    }
    url = os.environ.get("OPENMARA_MIGRATE_URL") if role == "migrator" else EXTERNAL_DATABASE
    if EXTERNAL_DATABASE:
        parts = urlparse(url or EXTERNAL_DATABASE)
        return common | {
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
        }
    from openmara.config import postgres

    return common | {
        "NAME": os.environ.get("OPENMARA_DATABASE", "openmara"),
        "USER": role,
        "PASSWORD": KEPT[role],
        "HOST": str(postgres.socket_folder()),
    }


DATABASES = {"default": _database(RUN_AS), "owner": _database("migrator", "-c role=data_owner")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "security.Person"
AUTHENTICATION_BACKENDS = ["openmara.security.signin.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("username", "code")}},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "start"

# Sign-in is django-allauth's (ADR 0009): a pass phrase and a second factor, or a passkey alone. No sign-up, no e-mail, no social accounts.
ACCOUNT_ADAPTER = "openmara.security.signin_adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGIN_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "20/m/ip,5/5m/key,30/d/key", "reauthenticate": "10/m/user"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("OPENMARA_TRUSTED_PROXIES", 0, 0, 9)
MFA_ADAPTER = "openmara.security.signin_adapters.MFAAdapter"
MFA_FORMS = {
    "add_webauthn": "openmara.security.signin_forms.AddPasskey",
    "login_webauthn": "openmara.security.signin_forms.SignInByPasskey",
    "authenticate_webauthn": "openmara.security.signin_forms.SecondFactorPasskey",
    "reauthenticate_webauthn": "openmara.security.signin_forms.ProveByPasskey",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "OpenMARA"
MFA_TOTP_TOLERANCE = 1  # one half minute either way: telephones and tired people are not exact
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}
CACHES = {"default": {"BACKEND": "openmara.security.cache.DatabaseCache"}}

SESSION_LIMITS = {
    "idle_minutes": env.number("OPENMARA_IDLE_MINUTES", 15, 1, 240),
    "session_hours": env.number("OPENMARA_SESSION_HOURS", 10, 1, 24),
    "sessions_at_once": env.number("OPENMARA_SESSIONS_AT_ONCE", 2, 1, 20),
    "recovery_delay_minutes": env.number("OPENMARA_RECOVERY_HOURS", 24, 1, 240) * 60,  # how long a reset of a sign-in waits
}
SESSION_ENGINE = "openmara.security.sessions"
SESSION_COOKIE_SECURE = env.flag("OPENMARA_HTTPS")
SESSION_COOKIE_NAME = "__Host-mara" if SESSION_COOKIE_SECURE else "mara"
SESSION_COOKIE_AGE = SESSION_LIMITS["session_hours"] * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_NAME = "__Host-csrftoken" if SESSION_COOKIE_SECURE else "csrftoken"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = None  # this and the other headers: security/headers.py
SECURE_CONTENT_TYPE_NOSNIFF = False
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if SESSION_COOKIE_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SESSION_COOKIE_SECURE
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True


def _bootstrap_styles() -> str:
    import importlib.util
    from pathlib import Path

    found = importlib.util.find_spec("bootstrap")
    if not found or not found.submodule_search_locations:
        raise env.SettingError("Bootstrap is not installed: run `make install`.")
    return str(Path(found.submodule_search_locations[0]) / "css")


STATICFILES_DIRS = [("bootstrap", _bootstrap_styles())]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_TEMP_DIR = str(DATA_FOLDER)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"procrastinate": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
OPEN_DATA = os.environ.get("OPENMARA_OPEN_DATA")
BASE_DIR = ROOT

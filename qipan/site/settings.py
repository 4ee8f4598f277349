"""Django's settings. What an operator may change comes from the environment: docs/handbook/settings.md lists it all."""

import re
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from qipan.adapters import embedded_postgres
from qipan.site import secret_key
from qipan.site.environment import WrongSetting, flag, hourly_limits, numbers_of_days, text, whole_number
from qipan.site.tasks import TASK_MODULES

PACKAGE = Path(__file__).resolve().parents[1]
FACES = PACKAGE / "faces"

QIPAN_HOME = Path(text("QIPAN_HOME", ".qipan")).absolute()
QIPAN_LIBRARY = Path(text("QIPAN_LIBRARY", str(PACKAGE.parent / "library"))).absolute()
QIPAN_REGISTERS = Path(text("QIPAN_REGISTERS", str(QIPAN_HOME / "registers.json"))).absolute()
QIPAN_WORKERS = whole_number("QIPAN_WORKERS", 2, least=1, most=64)
QIPAN_WORKER_NICE = whole_number("QIPAN_WORKER_NICE", 10, least=0, most=19)
QIPAN_THREADS = whole_number(
    "QIPAN_THREADS", 4, least=1, most=64
)  # per worker; also its database connections
QIPAN_TRAIL_ORIGIN = text("QIPAN_TRAIL_ORIGIN", "qipan.local/trail")
if re.search(r"[\s+]", QIPAN_TRAIL_ORIGIN):
    raise WrongSetting(
        "QIPAN_TRAIL_ORIGIN must be like qipan.example.gov.cn/trail: no spaces, and no plus signs."
    )
QIPAN_WITNESSES = Path(text("QIPAN_WITNESSES", str(QIPAN_HOME / "witnesses.txt"))).absolute()
QIPAN_NODE = text("QIPAN_NODE", "")
QIPAN_DIVISION = text("QIPAN_DIVISION", "")
if not re.fullmatch(r"[0-9]{0,12}", QIPAN_DIVISION):
    raise WrongSetting("QIPAN_DIVISION must be the beginning of a division's code, such as 3301, or empty.")
QIPAN_GATEWAY = text("QIPAN_GATEWAY", "http://127.0.0.1:8011")
QIPAN_GATEWAY_SUITE = text("QIPAN_GATEWAY_SUITE", "sm2-sm3")
# How many times the usual time registers, nodes and records have to answer.
QIPAN_PATIENCE = whole_number("QIPAN_PATIENCE", 1, least=1, most=60)
# In working days, after the Regulations on the Sharing of Government Data; `notice` in days before a grant's end.
QIPAN_SHARING_DAYS = numbers_of_days(
    "QIPAN_SHARING_DAYS",
    {"unconditional": 1, "conditional": 10, "provision": 20, "correction": 10, "dispute": 10, "notice": 30},
)
QIPAN_ADDRESS = text("QIPAN_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
if not re.fullmatch(r"https?://[^\s/?#]+", QIPAN_ADDRESS):
    raise WrongSetting("QIPAN_ADDRESS must be like https://qipan.example.gov.cn: no path, no spaces.")
HTTPS = flag("QIPAN_HTTPS", default=False)
QIPAN_PROXIES = whole_number("QIPAN_PROXIES", int(HTTPS), least=0, most=9)
# So many an hour, each for one person, official or address; qipan/faces/look/limits.py says which and where.
QIPAN_LIMITS = hourly_limits(
    text("QIPAN_LIMITS", ""),
    {
        "sign_in": 600, "search": 1200, "plan": 1200, "key": 120, "verify": 1200,
        "start": 120, "submit": 300, "upload": 300, "look_up": 900, "show": 120,
        "guess": 20, "code": 6, "try": 10, "second": 20, "real_name": 10, "app": 300, "token": 36000,
    },
)  # fmt: skip
QIPAN_KEYS = text("QIPAN_KEYS", "files")
QIPAN_NOTICES = text("QIPAN_NOTICES", str(QIPAN_HOME / "notices.jsonl"))
QIPAN_NOTICES_KEY = text("QIPAN_NOTICES_KEY", "")
if QIPAN_NOTICES.startswith(("http://", "https://")) and not QIPAN_NOTICES_KEY:
    raise WrongSetting("QIPAN_NOTICES names a provider; QIPAN_NOTICES_KEY must hold the key shared with it.")

DEBUG = flag("QIPAN_DEBUG", default=False)
SECRET_KEY = text("QIPAN_SECRET_KEY", "") or secret_key.read_or_make(QIPAN_HOME / "secret-key")
GATEWAY_SECRET = secret_key.read_or_make(QIPAN_HOME / "gateway-secret")
ALLOWED_HOSTS = text("QIPAN_ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")

# --- What it is made of

INSTALLED_APPS = [
    "qipan.site.apps.ContentTypes",
    "qipan.site.apps.Auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.idp.oidc",
    "qipan.site",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "qipan.site.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "qipan.faces.look.actors.SayWhoReads",
    "qipan.faces.account.sessions.AccountPages",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "qipan.faces.look.errors.RefuseWhatCannotBeKept",
    "qipan.faces.look.limits.SayWhenAgain",
]
ROOT_URLCONF = "qipan.site.urls"
WSGI_APPLICATION = "qipan.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": sorted(FACES.glob("*/templates")),
        "OPTIONS": {
            "environment": "qipan.faces.look.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "qipan.faces.look.context.look",
                "qipan.faces.account.context.account_pages",
            ],
        },
    },
]

# --- Records. An operation opens its own transaction at the edge, so a request does not.

PLANNED_ONCE = (
    "-c plan_cache_mode=force_generic_plan"  # those that the code prepares; the others are planned each time
)
NEVER_BY_COUNT = 1 << 30  # statements are prepared where the code says so (None would forbid even those)


def _database(name: str, url: str) -> dict[str, object]:
    right = f"{name} must be like postgresql://user:password@host:5432/name"
    if not url.startswith(("postgresql://", "postgres://")):
        raise WrongSetting(f"{right}; it begins otherwise.")
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise WrongSetting(f"{right}: {error}") from None
    named = {key: str(parts.pop(part, "")) for part, key in _DJANGO_NAMES.items()}
    at_start = f"{parts.pop('options', '')} {PLANNED_ONCE}".strip()
    options = {**parts, "options": at_start, "prepare_threshold": NEVER_BY_COUNT}
    engine = {
        "ENGINE": "qipan.site.postgresql",
        "CONN_MAX_AGE": None,
    }  # each of few threads keeps its own
    return {**engine, **named, "OPTIONS": options}


_DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
DATABASE_URL = text("DATABASE_URL", "")
QIPAN_OWNER_URL = text("QIPAN_OWNER_URL", "") or DATABASE_URL or embedded_postgres.url(QIPAN_HOME)
DATABASE_URL = DATABASE_URL or embedded_postgres.url(QIPAN_HOME, role=embedded_postgres.PLATFORM)
DATABASES = {"default": _database("DATABASE_URL", DATABASE_URL)}
if QIPAN_OWNER_URL != DATABASE_URL:
    DATABASES["owner"] = _database("QIPAN_OWNER_URL", QIPAN_OWNER_URL) | {"TEST": {"MIRROR": "default"}}
PROCRASTINATE_IMPORT_PATHS = TASK_MODULES

# --- Language and time

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = sorted(FACES.glob("*/locale"))
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Static files, served from the same process. Collected ones carry their hash in their name and are kept for a year.

STATIC_URL = "static/"
STATIC_ROOT = QIPAN_HOME / "static"
STATICFILES_DIRS = sorted(FACES.glob("*/static"))
COLLECTED_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_COLLECTED = not DEBUG and (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "staticfiles": {
        "BACKEND": COLLECTED_STORAGE
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = not _COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- Security. See docs/decisions/0002 for the sessions.

SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
# Cookies know no ports: several nodes on one machine would sign each other's users out.
SESSION_COOKIE_NAME = f"sessionid_{QIPAN_NODE}" if QIPAN_NODE else "sessionid"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "qipan.faces.look.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Accounts: docs/decisions/0040. Limits are the platform's own (qipan/faces/account/limits.py), one count for all processes.

AUTH_USER_MODEL = "qipan.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # a phone number is one account's only once it is verified
ACCOUNT_COOKIE = f"account_{QIPAN_NODE}" if QIPAN_NODE else "account"
KNOWN_COOKIE = f"known_{QIPAN_NODE}" if QIPAN_NODE else "known"
ACCOUNT_ADAPTER = "qipan.faces.account.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 5 * 60
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "qipan.faces.account.second_factor.SecondFactor"
MFA_FORMS = {
    "authenticate": "qipan.faces.account.second_factor.CountedAuthenticateForm",
    "reauthenticate": "qipan.faces.account.second_factor.CountedReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones may be half a minute off
MFA_TOTP_ISSUER = "棋盘 Qipan"
MFA_RATE_LIMITS = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
CACHES = {  # where allauth notes that a code was used, and keeps those of apps for a minute; one for all processes
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "used_codes",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
IDP_OIDC_ADAPTER = "qipan.faces.account.openid.adapter.Provider"
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 10 * 60
IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN = 60
IDP_OIDC_RATE_LIMITS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "qipan.site.log_lines.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO" if DEBUG else "WARNING"},
}

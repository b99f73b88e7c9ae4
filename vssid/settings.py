"""All settings, read once from the environment. The table of variables is in docs/settings.md."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from accounts.rules import scopes
from vssid import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent

# Where and how the portal runs.

DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
SECRET_KEY = env.text("SECRET_KEY")
PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL").rstrip("/")
_public = urlsplit(PUBLIC_BASE_URL)
if _public.scheme not in {"http", "https"} or not _public.hostname:
    env.refuse("PUBLIC_BASE_URL", "must be an address such as https://portal.example")
HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", _public.hostname)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")
OPERATOR_NAME = env.text("OPERATOR_NAME", "")
OPERATOR_HOTLINE = env.text("OPERATOR_HOTLINE", "19009068")
# Where slips are paid to; without them a slip names its amount and words only.
PAYMENT_BANK = env.matching("PAYMENT_BANK", "[0-9]{6}", "must be the six digits of a bank (BIN)")
PAYMENT_ACCOUNT = env.matching("PAYMENT_ACCOUNT", "[0-9A-Za-z]{1,19}", "must be an account number without blanks")
PAYMENT_ACCOUNT_NAME = env.text("PAYMENT_ACCOUNT_NAME", "")
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
SENTRY_DSN = env.text("SENTRY_DSN", "")

# Applications and middleware.

INSTALLED_APPS = [
    "accounts.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "vssid.apps.PortalStaticFilesConfig",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "simple_history",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "services",
    "accounts",
    "insurance",
    "vssid.sms",
    "vssid.documents",
    "vssid.notices",
    "vssid.webhooks",
    "vssid.audit",
    "vssid.ops",
    "vssid.api",
    "vssid",
]
if DEMO:
    INSTALLED_APPS.insert(0, "vssid.demo")

MIDDLEWARE = [
    "vssid.ops.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "vssid.ops.middleware.PolicyMiddleware",
    "vssid.api.middleware.WithoutCookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.AccountMiddleware",
]

ROOT_URLCONF = "vssid.urls"
WSGI_APPLICATION = "vssid.wsgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "vssid.templatetags.portal",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "vssid.templatetags.once",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vssid.ops.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "vssid.forms.PortalRenderer"

# Messages of the framework carry the classes of the portal's notices.
MESSAGE_TAGS = {20: "", 25: "ok", 30: "warn", 40: "err"}

# Storage. PostgreSQL is the only store of truth; what the cache holds may be lost at any time.

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL"), engine="vssid.ops.database", conn_max_age=600, conn_health_checks=True
    ),
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
if _replica := env.text("DATABASE_REPLICA_URL", ""):
    DATABASES["replica"] = dj_database_url.parse(
        _replica, engine="vssid.ops.database", conn_max_age=600, conn_health_checks=True
    )
    DATABASES["replica"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 1)
REDIS_URL = env.text("REDIS_URL", "")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "vssid.ops.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "vssid.ops.cache.LocalCache"}}
MEDIA_STORAGE_URL = env.text("MEDIA_STORAGE_URL", f"file://{BASE_DIR / 'var' / 'media'}")
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# A scanner for attached files: the path of clamd's socket or host:port; empty for none.
CLAMAV_SOCKET = env.text("CLAMAV_SOCKET", "")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": {"BACKEND": "vssid.documents.backends.private_storage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env.flag("PLAIN_STATIC")
        else "vssid.ops.static.PortalStaticStorage"
    },
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "gif", "woff", "woff2", "gz", "br")
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or env.flag("PLAIN_STATIC")
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Keys.

FIELD_ENCRYPTION_KEYS = env.named_keys("FIELD_ENCRYPTION_KEYS")
LOOKUP_KEY = env.secret_key("LOOKUP_KEY")
OTP_KEY = env.secret_key("OTP_KEY")
PASSWORD_PEPPERS = env.named_keys("PASSWORD_PEPPERS")
CARD_SIGNING_KEY = env.text("CARD_SIGNING_KEY").replace("\\n", "\n")
CARD_RETIRED_KEYS = env.text("CARD_RETIRED_KEYS", "").replace("\\n", "\n")

# People: users, passwords, sessions.

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PortalBackend"]
PASSWORD_HASHERS = ["accounts.hashers.PepperedArgon2Hasher"]
ARGON2_MEMORY_KIB = env.number("ARGON2_MEMORY_KIB", 19456)
ARGON2_TIME = env.number("ARGON2_TIME", 2)
# How many days photos are kept after a dossier's end, by its outcome.
_closed = env.number("RETENTION_PHOTOS_CLOSED_DAYS", 30)
RETENTION_PHOTOS_DAYS = {
    "approved": env.number("RETENTION_PHOTOS_APPROVED_DAYS", 365),
    "rejected": env.number("RETENTION_PHOTOS_REJECTED_DAYS", 30),
    "withdrawn": _closed,
    "cancelled": _closed,
}
# What an approved citizen gets by SMS: a temporary password, or a code that only opens the setting of one.
CREDENTIALS = env.text("CREDENTIALS", "password")
if CREDENTIALS not in {"password", "activation"}:
    env.refuse("CREDENTIALS", "must be password or activation")
REVIEW_WORKING_DAYS = env.number("REVIEW_WORKING_DAYS", 5)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LengthValidator"},
    {"NAME": "accounts.passwords.OwnDataValidator"},
    {"NAME": "accounts.passwords.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "insurance:home"
LOGOUT_REDIRECT_URL = "home"
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "vssid.views.csrf_failure"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
IDLE_SECONDS = 15 * 60
STAFF_SESSION_SECONDS = 8 * 3600
OTP_TOTP_ISSUER = "VssID Portal"

# Headers and limits.

SECURE_SSL_REDIRECT = False  # the proxy redirects; the application sees plain HTTP behind it
SILENCED_SYSTEM_CHECKS = ["security.W008"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# Language and time.

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "vssid" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
FORMAT_MODULE_PATH = ["vssid.formats"]

# Messages by SMS.

SMS_BACKEND = env.text("SMS_BACKEND")
SMS_FALLBACK_BACKEND = env.text("SMS_FALLBACK_BACKEND", "")
for _name, _value in (("SMS_BACKEND", SMS_BACKEND), ("SMS_FALLBACK_BACKEND", SMS_FALLBACK_BACKEND)):
    if _value not in {"twilio", "http", "inbox"} and (_value or _name == "SMS_BACKEND"):
        env.refuse(_name, "must be twilio, http or inbox")
SMS_BACKENDS = {SMS_BACKEND, SMS_FALLBACK_BACKEND} - {""}
TWILIO_ACCOUNT_SID = env.text("TWILIO_ACCOUNT_SID", None if "twilio" in SMS_BACKENDS else "")
TWILIO_AUTH_TOKEN = env.text("TWILIO_AUTH_TOKEN", None if "twilio" in SMS_BACKENDS else "")
TWILIO_MESSAGING_SERVICE_SID = env.text("TWILIO_MESSAGING_SERVICE_SID", "")
TWILIO_FROM = env.text("TWILIO_FROM", None if "twilio" in SMS_BACKENDS and not TWILIO_MESSAGING_SERVICE_SID else "")
TWILIO_API_BASE = env.text("TWILIO_API_BASE", "").rstrip("/")
# How Twilio signs its reports: sha1 with the account's token, or as a shared key of its own was agreed.
TWILIO_SIGNATURE, TWILIO_SIGNATURE_KEY = env.text("TWILIO_SIGNATURE", "sha1"), env.text("TWILIO_SIGNATURE_KEY", "")
if TWILIO_SIGNATURE not in {"sha1", "sha256"}:
    env.refuse("TWILIO_SIGNATURE", "must be sha1 or sha256")
SMS_HTTP_URL = env.text("SMS_HTTP_URL", None if "http" in SMS_BACKENDS else "")
SMS_HTTP_TOKEN = env.text("SMS_HTTP_TOKEN", "")
SMS_HTTP_TEMPLATE = env.text("SMS_HTTP_TEMPLATE", '{"to": "{to}", "text": "{body}", "reference": "{reference}"}')
# Messages an hour and a day at most, 0 for no limit; a fifth is kept for login data.
SMS_BUDGET_HOUR = env.number("SMS_BUDGET_HOUR", 0)
SMS_BUDGET_DAY = env.number("SMS_BUDGET_DAY", 0)

# E-mail: codes that prove an address, and titles of notices. Without EMAIL_URL none is sent.

EMAIL_URL = env.text("EMAIL_URL", "")
_mail = urlsplit(EMAIL_URL)
if _mail.scheme not in {"", "smtp", "smtps", "file"}:
    env.refuse("EMAIL_URL", "must be smtp://, smtps:// or file://")
_mailers = {"": "dummy", "file": "filebased"}
EMAIL_BACKEND = f"django.core.mail.backends.{_mailers.get(_mail.scheme, 'smtp')}.EmailBackend"
EMAIL_FILE_PATH = _mail.path if _mail.scheme == "file" else None
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"no-reply@{_public.hostname}")

# Web push: tells a browser that there is a new notice. Without a key it is not offered.

VAPID_PRIVATE_KEY = env.text("VAPID_PRIVATE_KEY", "").replace("\\n", "\n")
# The push services of browsers' makers; whatever stands under these names is trusted with an encrypted note.
WEB_PUSH_HOSTS = env.words(
    "WEB_PUSH_HOSTS", "fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com"
)

# Background work. The broker only wakes workers: losing it loses nothing.

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 25
CELERY_TASK_TIME_LIMIT = 30
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "erase-drafts": {"task": "accounts.tasks.erase_old_drafts", "schedule": 600.0},
    "forget-old-messages": {"task": "sms.forget_old", "schedule": 86400.0},
    "carry-out-requests": {"task": "services.tasks.carry_out_due", "schedule": 60.0},
    "scan-papers": {"task": "services.tasks.scan_waiting", "schedule": 60.0},
    "erase-request-drafts": {"task": "services.tasks.erase_old_drafts", "schedule": 3600.0},
    "forget-questions": {"task": "services.tasks.forget_questions", "schedule": 86400.0},
    "erase-photos": {"task": "accounts.tasks.erase_old_photos", "schedule": 86400.0},
    "forget-notices": {"task": "accounts.tasks.forget_notices", "schedule": 86400.0},
    "end-consents": {"task": "accounts.tasks.end_consents", "schedule": 60.0},
    "deliver-webhooks": {"task": "webhooks.deliver", "schedule": 15.0, "options": {"expires": 15}},
    "forget-webhooks": {"task": "webhooks.forget", "schedule": 86400.0},
    "forget-api-answers": {"task": "api.forget_answers", "schedule": 3600.0},
    # Of what was told already nobody is told again: more often than daily does no harm.
    "remind": {"task": "accounts.tasks.remind", "schedule": 86400.0},
    "forget-deliveries": {"task": "accounts.tasks.forget_deliveries", "schedule": 86400.0},
    # One that waits longer than its turn is dropped: the next one does its work.
    **{
        f"hand-over-{channel}": {
            "task": "accounts.tasks.hand_over_notices",
            "args": [channel],
            "schedule": 15.0,
            "options": {"expires": 15},
        }
        for channel in ("sms", "email", "push")
    },
    "clear-sessions": {"task": "accounts.tasks.clear_sessions", "schedule": 3600.0},
    "tend-archives": {"task": "accounts.tasks.tend_archives", "schedule": 60.0},
    # Daily would do; a scheduler that was down at midnight makes up for it within the hour.
    "end-guardianships": {"task": "accounts.tasks.end_guardianships", "schedule": 3600.0},
}
if CELERY_BROKER_URL.startswith("filesystem:"):
    # One folder for both directions: publisher and worker share this machine.
    _folder = Path(CELERY_BROKER_URL.removeprefix("filesystem://") or BASE_DIR / "var" / "broker")
    _folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "data_folder_in": str(_folder),
        "data_folder_out": str(_folder),
        "control_folder": str(_folder / "control"),
        "polling_interval": 0.1,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 120,
        "unacked_restore_limit": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "health_check_interval": 30,
    }

# Login by VNeID.

VNEID_ISSUER = env.text("VNEID_ISSUER")
VNEID_CLIENT_ID = env.text("VNEID_CLIENT_ID")
VNEID_CLIENT_AUTH = env.text("VNEID_CLIENT_AUTH", "client_secret_basic")
if VNEID_CLIENT_AUTH not in {"client_secret_basic", "client_secret_post", "private_key_jwt"}:
    env.refuse("VNEID_CLIENT_AUTH", "must be client_secret_basic, client_secret_post or private_key_jwt")
VNEID_CLIENT_SECRET = env.text("VNEID_CLIENT_SECRET", "" if VNEID_CLIENT_AUTH == "private_key_jwt" else None)
# `wrapped`: answers that are encrypted for us and signed by nobody, see accounts/vneid/wrapped.py.
VNEID_DIALECT = env.text("VNEID_DIALECT", "oidc")
if VNEID_DIALECT not in {"oidc", "wrapped"}:
    env.refuse("VNEID_DIALECT", "must be oidc or wrapped")
VNEID_CLIENT_KEY = env.text(
    "VNEID_CLIENT_KEY", None if VNEID_CLIENT_AUTH == "private_key_jwt" or VNEID_DIALECT == "wrapped" else ""
).replace("\\n", "\n")
VNEID_SCOPES = env.text("VNEID_SCOPES", "openid profile phone citizen")
VNEID_ACR_LEVEL2 = env.words(
    "VNEID_ACR_LEVEL2", "urn:vneid:loa:2" if VNEID_DIALECT == "oidc" else "2 LoA2 urn:vneid:loa:2", separator=None
)
VNEID_CLAIM_SUBJECT = env.text("VNEID_CLAIM_SUBJECT", "sub")
VNEID_CLAIM_LEVEL = env.text("VNEID_CLAIM_LEVEL", "accountLevel")
VNEID_CLAIM_CITIZEN_ID = env.text("VNEID_CLAIM_CITIZEN_ID", "citizen_id")
VNEID_CLAIM_NAME = env.text("VNEID_CLAIM_NAME", "name")
VNEID_CLAIM_BIRTHDATE = env.text("VNEID_CLAIM_BIRTHDATE", "birthdate")
VNEID_CLAIM_PHONE = env.text("VNEID_CLAIM_PHONE", "phone_number")

# The REST API and its OAuth 2.0 server, with every rule of RFC 9700 switched on.

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "SCOPES": scopes.ALL,
    "SCOPES_BACKEND_CLASS": "vssid.api.oauth.PortalScopes",
    "OIDC_ISS_ENDPOINT": PUBLIC_BASE_URL,
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["authorization_code", "client_credentials", "refresh_token"],
    "OAUTH2_TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    "PKCE_REQUIRED": True,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 7 * 86400,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"] if HTTPS else ["https", "http"],
    "REQUEST_APPROVAL_PROMPT": "force",
    "OAUTH2_VALIDATOR_CLASS": "vssid.api.oauth.PortalValidator",
    **{
        f"COMPLIANT_BCP_RFC9700_{rule}": True
        for rule in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "REDIRECT_URI_SCHEME",
            "REDIRECT_URI_MATCHING",
            "PKCE_REQUIRED",
        )
    },
}

# How many times the usual limits hold: raised for load tests, or for a deployment that expects more.
API_LIMITS_FACTOR = env.number("API_LIMITS_FACTOR", 1)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["vssid.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["oauth2_provider.contrib.rest_framework.TokenHasScope"],
    "DEFAULT_RENDERER_CLASSES": ["vssid.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["vssid.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "vssid.api.schema.PortalSchema",
    "EXCEPTION_HANDLER": "vssid.api.problems.handle",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "VssID Portal API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Lists of words that several answers share keep one name.
    "ENUM_NAME_OVERRIDES": {
        "GenderEnum": ["male", "female"],
        "IdTypeEnum": ["cccd", "passport", "birth"],
        "AgreementEnum": ["agrees", "nearly", "differs", "unknown"],
        "DossierKindEnum": ["adult", "child"],
        "DossierStatusEnum": ["submitted", "returned", "approved", "rejected", "cancelled", "withdrawn"],
        "RegistrationStatusEnum": ["draft", "submitted", "returned", "approved", "rejected", "cancelled", "withdrawn"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "vssid.api.schema.complete",
    ],
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
}

# Logs: one JSON line a request or event, without personal data.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "vssid.ops.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": [], "propagate": False},
        "authlib": {"level": "WARNING"},
        "twilio": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
    },
}
if SENTRY_DSN:
    from vssid.ops.sentry import start

    start(SENTRY_DSN)

"""All settings of the portal, typed, read from the environment; the table is in docs/operations.md."""

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

# Lets `ModelAdmin[Letter]` and the like be written where Django itself is not generic.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

# With DEBUG off a missing setting without a default stops the start and is named.
DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY: str = env.str("SECRET_KEY")
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEBUG else environ.Env.NOTSET
)
PORT: int = env.int("PORT", default=8000)
PUBLIC_URL: str = env.str(
    "PUBLIC_URL", default=f"http://127.0.0.1:{PORT}" if DEBUG else environ.Env.NOTSET
)
REGION_TIME_ZONE: str = env.str("REGION_TIME_ZONE", default="Europe/Moscow")

# Where it is served by TLS (everywhere but on one's own machine) cookies and redirects insist on it.
SECURE = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "config",
    "portal",
    "moderation",
    "cabinet",
    "msed_bridge",
    "issues",
    "authorities",
    "notifications",
    "accounts",
    "geo",
    "common",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "common.middleware.PrivatePages",
    "common.middleware.ReadableRequests",
    "portal.middleware.Overload",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.information.views.footer",
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # fields as common/templates draw them

# --- Database, cache, queue -----------------------------------------------------------------------
STATEMENT_TIMEOUT: int = env.int("STATEMENT_TIMEOUT", default=30_000)  # milliseconds; 0: none
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "django.contrib.gis.db.backends.postgis",
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {"options": f"-c timezone=UTC -c jit=off -c statement_timeout={STATEMENT_TIMEOUT}"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "common.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 1.0},
    },
    # Of one process.
    "near": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "near"},
}
# Not cached: a session that was ended while Redis was away would come back with it.
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- People ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.RegistrationNames"
ACCOUNT_FORMS = {
    "signup": "accounts.password_forms.RegistrationForm",
    "change_password": "accounts.password_forms.NewPasswordForm",
    "set_password": "accounts.password_forms.FirstPasswordForm",
    "reset_password_from_key": "accounts.password_forms.ForgottenPasswordForm",
}
ACCOUNT_CHANGE_EMAIL = True  # one address, changed by a letter to the new one
ACCOUNT_EMAIL_NOTIFICATIONS = True
# How many proxies of ours stand before the portal: limits count visitors, not the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXIES", default=0)
# A short lock on an address: a stranger's wrong guesses must not keep its owner out for long.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/m/key",
    "report_abuse": "5/h/ip",
    "report_abuse_known": "30/h/user",
    "erase": "5/h/user",
}
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"

# --- Language and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]  # each by its own name
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "common.formats"
TIME_ZONE = REGION_TIME_ZONE  # how moments are shown; the database keeps UTC

# --- Letters --------------------------------------------------------------------------------------
_email = env.email_url(
    "EMAIL_URL", default="smtp://127.0.0.1:1025" if DEBUG else environ.Env.NOTSET
)
# Whatever sends mail writes into the books of letters; the books are sent by EMAIL_URL.
EMAIL_BACKEND = "notifications.backend.BooksOfLetters"
LETTER_TRANSPORT: str = _email["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env.str(
    "DEFAULT_FROM_EMAIL", default="portal@localhost" if DEBUG else environ.Env.NOTSET
)
LETTER_RETENTION_DAYS: int = env.int("LETTER_RETENTION_DAYS", default=180)
# The portal's name towards push services (RFC 8292): 32 bytes, base64url. Without it there is no push.
VAPID_PRIVATE_KEY: str = env.str("VAPID_PRIVATE_KEY", default="")

# --- Files ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [("dist", BASE_DIR / "frontend" / "dist")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media")))
FILE_UPLOAD_HANDLERS = [
    "common.receiving.Gate",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Moderation -----------------------------------------------------------------------------------
# So long a decision of the desk can be undone before it goes out; 0: it goes out at once.
MODERATION_UNDO_SECONDS: int = env.int("MODERATION_UNDO_SECONDS", default=30)

# --- МЭДО -----------------------------------------------------------------------------------------
# The folder shared with its gateway; empty: no authority is reached by it.
MEDO_FOLDER: str = env.str("MEDO_FOLDER", default="")
MEDO_PORTAL_UID: str = env.str("MEDO_PORTAL_UID", default="7d3c0f8e-5a41-4c77-9b0e-2f6f1d1c9a03")

# --- МСЭД -----------------------------------------------------------------------------------------
MSED_URL: str = env.str("MSED_URL", default="http://127.0.0.1:8080/msed")
MSED_USERNAME: str = env.str("MSED_USERNAME", default="portal")
MSED_PASSWORD: str = env.str("MSED_PASSWORD", default="" if DEBUG else environ.Env.NOTSET)
MSED_CALLBACK_USERNAME: str = env.str("MSED_CALLBACK_USERNAME", default="msed")
MSED_CALLBACK_PASSWORD: str = env.str(
    "MSED_CALLBACK_PASSWORD", default="" if DEBUG else environ.Env.NOTSET
)
MSED_POLL_SECONDS: int = env.int("MSED_POLL_SECONDS", default=60)
# Who is who in the headers; the partners agree on these once.
MSED_PORTAL_UID: str = env.str("MSED_PORTAL_UID", default="7d3c0f8e-5a41-4c77-9b0e-2f6f1d1c9a01")
MSED_PORTAL_NAME: str = env.str("MSED_PORTAL_NAME", default="Портал обращений жителей")
MSED_PARTNER_UID: str = env.str("MSED_PARTNER_UID", default="7d3c0f8e-5a41-4c77-9b0e-2f6f1d1c9a02")
MSED_PARTNER_NAME: str = env.str("MSED_PARTNER_NAME", default="МСЭД")
# PEM files for TLS: who is trusted (empty: the system's list), and the portal's own certificate.
MSED_CA_FILE: str = env.str("MSED_CA_FILE", default="")
MSED_CERTIFICATE_FILE: str = env.str("MSED_CERTIFICATE_FILE", default="")
MSED_KEY_FILE: str = env.str("MSED_KEY_FILE", default="")
# PEM files for X.509 signatures, all three or none: the portal's key and certificate, МСЭД's certificate.
MSED_SIGNATURE_KEY_FILE: str = env.str("MSED_SIGNATURE_KEY_FILE", default="")
MSED_SIGNATURE_CERTIFICATE_FILE: str = env.str("MSED_SIGNATURE_CERTIFICATE_FILE", default="")
MSED_PARTNER_CERTIFICATE_FILE: str = env.str("MSED_PARTNER_CERTIFICATE_FILE", default="")
_signature_files = (
    MSED_SIGNATURE_KEY_FILE,
    MSED_SIGNATURE_CERTIFICATE_FILE,
    MSED_PARTNER_CERTIFICATE_FILE,
)
if any(_signature_files) and not all(_signature_files):
    raise ImproperlyConfigured(
        "Set MSED_SIGNATURE_KEY_FILE, MSED_SIGNATURE_CERTIFICATE_FILE and"
        " MSED_PARTNER_CERTIFICATE_FILE, all three or none"
    )

# --- Map ------------------------------------------------------------------------------------------
# A raster base map of one's own; empty: drawn from the database.
TILE_URL: str = env.str("TILE_URL", default="")
TILE_ATTRIBUTION: str = env.str("TILE_ATTRIBUTION", default="")  # whose map it is

# --- Watching -------------------------------------------------------------------------------------
# For /metrics from another machine; without it only this machine may ask.
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")

# GDAL before 3.9 can not be kept from files and network named in spatial references. None of ours
# comes from a visitor: places are numbers, and boundary files are imported by an administrator.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]

# --- Safety ---------------------------------------------------------------------------------------
_tiles = urlsplit(TILE_URL)
_tile_origin = [f"{_tiles.scheme}://{_tiles.netloc}"] if _tiles.netloc else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_tile_origin],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "common.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"pymorphy3": {"level": "WARNING"}},  # it tells of each dictionary it opens
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}

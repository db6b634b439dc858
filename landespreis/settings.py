"""All settings, read from the environment, in the order of Django's documentation."""

import os
import sys
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

from landespreis import environment
from landespreis.watching import logs

django_stubs_ext.monkeypatch()  # lets `ModelAdmin[News]` run: Django itself knows no models between brackets

BASE_DIR = Path(__file__).resolve().parent.parent
environment.say_plainly()
env = environ.Env()
env.ENVIRON = environment.with_secrets(os.environ)

# What kind of installation this is ---------------------------------------------------------------
#   demo        invented people, one-click login, a movable clock; local hosts only
#   production  everything else; the default, so nothing is open by accident
MODE = env.str("LANDESPREIS_MODE", default="production")
if MODE not in {"demo", "production"}:
    raise ImproperlyConfigured(f"LANDESPREIS_MODE is {MODE!r}: set it to 'demo' or 'production'.")
DEMO = MODE == "demo"
TESTING = "pytest" in sys.modules

VAR_DIR = Path(env.str("LANDESPREIS_VAR", default=str(BASE_DIR / "var")))
"""Where the embedded services keep their data: database, broker, private files, clock."""

DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Clock: in a demo "now" may start elsewhere and tick on from there --------------------------------
_now = env.str("LANDESPREIS_NOW", default="")
CLOCK_FILE = VAR_DIR / "clock.json" if DEMO else None
CLOCK_SKEW = timedelta(seconds=env.int("CLOCK_SKEW", default=0) if DEMO else 0)
"""By how much a rehearsal lets a host's own clock go wrong."""

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver"}
if DEMO and not set(ALLOWED_HOSTS) <= LOCAL_HOSTS:
    raise ImproperlyConfigured(
        "Der Demobetrieb startet nur für lokale Adressen (localhost, 127.0.0.1, [::1]), weil sich dort "
        f"alle ohne Passwort anmelden können. ALLOWED_HOSTS nennt {', '.join(ALLOWED_HOSTS)}. "
        "Setzen Sie LANDESPREIS_MODE=production oder kürzen Sie ALLOWED_HOSTS."
    )
if _now and not DEMO:
    raise ImproperlyConfigured(
        "LANDESPREIS_NOW verstellt die Uhr und ist nur im Demobetrieb erlaubt. Entfernen Sie die Variable."
    )
try:
    NOW_ORIGIN = datetime.fromisoformat(_now) if _now else None
    if NOW_ORIGIN and NOW_ORIGIN.tzinfo is None:
        raise ValueError("no zone")
except ValueError as _error:
    raise ImproperlyConfigured(
        f"LANDESPREIS_NOW ist {_now!r} und damit kein Zeitpunkt mit Zone. "
        "Schreiben Sie ihn so: 2026-01-27T14:32:00+01:00."
    ) from _error

# Core --------------------------------------------------------------------------------------------
if DEMO or TESTING:
    SECRET_KEY = env.str("SECRET_KEY", default="demo-only-" + "x" * 60)
else:
    SECRET_KEY = env.str("SECRET_KEY", default="")
    if not SECRET_KEY:
        raise ImproperlyConfigured(
            "SECRET_KEY fehlt. Erzeugen Sie einen mit: python -c 'import secrets; print(secrets.token_urlsafe(64))' "
            "und nennen Sie in SECRET_KEY_FILE die Datei, in der er steht."
        )
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

INSTALLED_APPS = [
    "accounts",
    "submissions",
    "jury",
    "portal",
    "landespreis",
    "landespreis.apps.OfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "django_htmx",
    "landespreis.apps.OutgoingMailConfig",
    "storages",
    "rehearsal",
]

MIDDLEWARE = [
    "landespreis.watching.requests.watched",  # outermost: every answer is counted and gets its id
    "portal.caching.pages",  # before all others: a kept page has all the headers that it got from them
    "django.middleware.security.SecurityMiddleware",
    "landespreis.middleware.response_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "landespreis.middleware.body_limit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.refusals_noted",
    "accounts.middleware.second_factor",
    "jury.middleware.one_role",
    "jury.middleware.seated",
    "landespreis.middleware.refusals",
]

ROOT_URLCONF = "landespreis.urls"
WSGI_APPLICATION = "landespreis.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "landespreis.context.installation",
            ],
            "builtins": ["landespreis.templatetags.constants"],
            "libraries": {"static": "landespreis.templatetags.constants"},
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database: the truth -----------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'landespreis.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": env.int("SQLITE_TIMEOUT", default=20),
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; "
        f"PRAGMA synchronous={'OFF' if TESTING else 'FULL'};",
    }
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # a file, so that threads meet real locks
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # The container of PostgreSQL reads the same file, so the password is written once.
    DATABASES["default"]["PASSWORD"] = DATABASES["default"]["PASSWORD"] or env.str("POSTGRES_PASSWORD", default="")
DATABASE_CLOCK = DATABASES["default"]["ENGINE"].endswith("postgresql") and not TESTING
"""Whether all hosts follow the database's clock (landespreis.drift); tests move the machine's."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache -------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
CACHE_ENTRIES = 10_000
"""How much a memory per process holds; what is pushed out sooner includes the counts of wrong passwords."""
REDIS_CACHE = {
    "BACKEND": "landespreis.cache.EnduringRedisCache",
    "LOCATION": REDIS_URL,
    "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
}
LOCAL_CACHE = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "OPTIONS": {"MAX_ENTRIES": CACHE_ENTRIES},
}
CACHES = {"default": REDIS_CACHE if REDIS_URL else LOCAL_CACHE}

# Celery: a folder as broker where there is no Redis ------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="memory://" if TESTING else REDIS_URL or "folder://localhost")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, str | int]
if CELERY_BROKER_URL.startswith("folder:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(VAR_DIR / "broker")}
else:
    # Who only wakes the worker does not wait for a broker: one attempt, then the sweep has to do.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": 2,
        "socket_timeout": 3,
        "max_retries": 0,
        "interval_start": 0,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # worker and beat wait for their broker as long as it takes
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_REDIRECT_STDOUTS = False  # nothing of ours prints
CELERY_TIMEZONE = "Europe/Berlin"
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # keeps its schedule in memory: every interval is short

# Owed work, in seconds -----------------------------------------------------------------------------
CLAIM_SECONDS = env.int("CLAIM_SECONDS", default=300)
"""How long a worker may take over one mail or receipt before another may try; longer than any mail server needs."""
MAIL_RETRY_SECONDS = env.int("MAIL_RETRY_SECONDS", default=60)
"""How long a mail waits after its first failure; then twice as long each time, up to an hour. Newsletters: more."""
PARCEL_HOURS = env.int("PARCEL_HOURS", default=72)
"""How long a file that staff asked for can be fetched."""
ORPHAN_HOURS = env.float("ORPHAN_HOURS", default=24)
"""How old a file must be that no row names before it is removed: longer than any upload, task or restore can take."""
if ORPHAN_HOURS < 1 and not (DEMO or TESTING):
    raise ImproperlyConfigured("ORPHAN_HOURS ist zu klein: Was gerade hochgeladen wird, gehört noch zu keiner Zeile.")
BEAT_TICK = env.int("BEAT_TICK", default=15)
"""How often owed mail and receipts are looked for; the rest a multiple of it."""
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": seconds, "options": {"expires": 0.95 * seconds}}  # before the next run is due
    for task, seconds in {
        "landespreis.tasks.send_owed_mail": BEAT_TICK,
        "landespreis.tasks.send_circulars": BEAT_TICK,
        "submissions.tasks.render_owed_receipts": BEAT_TICK,
        "submissions.tasks.scan_waiting_files": 2 * BEAT_TICK,
        "submissions.tasks.remind": 4 * BEAT_TICK,
        "jury.tasks.render_owed_papers": BEAT_TICK,
        "jury.tasks.forget_hidden_dossiers": 4 * BEAT_TICK,
        "jury.tasks.remind": 4 * BEAT_TICK,
        "landespreis.tasks.pack_owed_parcels": BEAT_TICK,
        "landespreis.tasks.expire_parcels": 4 * BEAT_TICK,
        "landespreis.tasks.sweep_files": 1440 * BEAT_TICK,
        "landespreis.tasks.clear_sessions": 240 * BEAT_TICK,
        "landespreis.tasks.link_days": 4 * BEAT_TICK,
        "landespreis.tasks.carry_out_retention": 2 * BEAT_TICK,
        "portal.tasks.forget_inquiries": 240 * BEAT_TICK,
        "portal.tasks.award_prizes": 2 * BEAT_TICK,
        "portal.tasks.publish_winners": 2 * BEAT_TICK,
        "portal.tasks.retract_projects": 2 * BEAT_TICK,
        "portal.tasks.remind_of_events": 4 * BEAT_TICK,
        "portal.tasks.forget_registrations": 240 * BEAT_TICK,
        "portal.tasks.send_newsletters": BEAT_TICK,
        "portal.tasks.forget_subscribers": 240 * BEAT_TICK,
    }.items()
}

# Sign-in -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.NoPlaceNames"},
    {"NAME": "accounts.passwords.NotLeaked"},
]
ADMIN_EMAIL = env.str("ADMIN_EMAIL", default="")
"""Who becomes the first Administration when `manage.py set_up` finds none."""
LEAKED_PASSWORDS = env.str("LEAKED_PASSWORDS", default="")
"""A file of SHA-1 sums of passwords known from leaks, sorted; empty: only Django's list of the most common."""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "submissions:index"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
USERSESSIONS_ADAPTER = "accounts.adapter.SessionsAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.forms.LoginForm",
}
MFA_FORMS = {
    "authenticate_webauthn": "accounts.passkeys.AuthenticateForm",
    "login_webauthn": "accounts.passkeys.LoginForm",
    "reauthenticate_webauthn": "accounts.passkeys.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,9/5m/key",
    "signup": "60/m/ip",
    "confirm_email": "3/3m/key",
    "reset_password": "30/m/ip,5/m/key",
    "reset_password_from_key": "60/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
}
"""What allauth counts. Per address of the network generously: a data centre shows one for dozens of town halls."""
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
RATE_LIMITS = {
    "password": "300/h/key",
    "inquiry": "60/h/ip,8/h/key",
    "registration": "120/h/ip,5/h/key",
    "subscribe": "120/h/ip,3/h/key",
    "upload": "60/10m/user,120/10m/key",
    "invite": "30/h/user,60/h/key",
    "proposal": "30/h/user",
    "own_data": "20/h/user",
}
"""What the portal counts itself (`landespreis/throttle.py`); the key is a person's address, or an entry."""
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_TOTP_ISSUER = "Landespreis"
USERSESSIONS_TRACK_ACTIVITY = False

MESSAGE_STORAGE = "landespreis.message_cookie.MessageStorage"
SESSION_ENGINE = "landespreis.sessions"
SESSION_COOKIE_AGE = int(timedelta(hours=env.int("SESSION_HOURS", default=12)).total_seconds())
"""How long a session lasts after the login, whatever happens in it; it ends with the browser, too."""
SESSION_IDLE_SECONDS = 60 * env.int("SESSION_IDLE_MINUTES", default=180)
SESSION_IDLE_GUARDED_SECONDS = 60 * env.int("SESSION_IDLE_GUARDED_MINUTES", default=60)
"""How long one may idle; in the admin and on the jury, where other people's data is seen, shorter."""
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "landespreis.errors.csrf_failure"

# Security ----------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=not (DEMO or TESTING))
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"  # no other host can set them
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Language and time: German literals, stored UTC, shown in Europe/Berlin ----------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "landespreis.formats"

# Static files: ours in static/, others' from node_modules ------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
NODE_MODULES = Path(env.str("NODE_MODULES", default=str(BASE_DIR / "node_modules")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("kern", NODE_MODULES / "@kern-ux" / "native" / "dist"),
    ("fira-mono", NODE_MODULES / "@fontsource" / "fira-mono" / "files"),
]
STORAGES = {
    "default": {"BACKEND": "landespreis.files.PrivateStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"  # compressing pays for many visitors
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = TESTING
WHITENOISE_AUTOREFRESH = TESTING  # looks for a file when it is asked for, not for all of them with every client
WHITENOISE_MANIFEST_STRICT = False

# Private files: FILES_URL is file:///folder or s3://key:secret@host[:port]/bucket?region=…&secure=0 ----
FILES_URL = env.str("FILES_URL", default="") or f"file://{VAR_DIR / 'files'}"
CLAMD_URL = env.str("CLAMD_URL", default="")
"""tcp://host:3310 or unix:///run/clamav/clamd.ctl; empty = uploads are not scanned for malware."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS = ["landespreis.uploads.SpoolingUploadHandler"]
BODY_LIMIT = env.int("BODY_LIMIT", default=12 * 1024 * 1024)
"""Bytes; a request that announces more is answered 413 before it is read. Keep it above the round's file limit."""

# Mail: every message is first a row ----------------------------------------------------------------
EMAIL_BACKEND = "landespreis.mail.OwedMailBackend"
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL",
    default="Geschäftsstelle Landespreis <landespreis@portal.example>",
)
SERVER_EMAIL = env.str("SERVER_EMAIL", default="landespreis@portal.example")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="") or parseaddr(DEFAULT_FROM_EMAIL)[1]
"""The mailbox that reads what visitors write: contact form and reported barriers."""
SMTP_URL = env.str("SMTP_URL", default="")
"""smtp://user:password@host:25, smtp+tls:// or smtp+ssl://; a demo has none and keeps its mail as rows."""
if not SMTP_URL and not (DEMO or TESTING):
    raise ImproperlyConfigured(
        "SMTP_URL fehlt. Nennen Sie den Mailserver, zum Beispiel smtp+tls://name:kennwort@host:587, dort oder in der "
        "Datei, deren Pfad in SMTP_URL_FILE steht."
    )
if SMTP_URL:
    try:
        _smtp = env.email_url("SMTP_URL")
    except (ImproperlyConfigured, ValueError):
        raise ImproperlyConfigured(
            "SMTP_URL lässt sich nicht lesen. Es beginnt mit smtp://, smtp+tls:// oder smtp+ssl://, zum Beispiel "
            "smtp+tls://name:kennwort@host:587; Sonderzeichen in Name und Kennwort stehen dort als Prozent und zwei "
            "Ziffern, zum Beispiel %2F für / und %23 für #."
        ) from None  # what was raised quotes a part of the password
    EMAIL_HOST, EMAIL_PORT = _smtp["EMAIL_HOST"], _smtp["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        _smtp["EMAIL_HOST_USER"],
        _smtp["EMAIL_HOST_PASSWORD"],
    )
    EMAIL_USE_TLS, EMAIL_USE_SSL = (
        _smtp.get("EMAIL_USE_TLS", False),
        _smtp.get("EMAIL_USE_SSL", False),
    )
POST_OFFICE = {
    "BACKENDS": {
        "default": "django.core.mail.backends.smtp.EmailBackend" if SMTP_URL else "landespreis.delivery.KeptMailBackend"
    },
    "DEFAULT_PRIORITY": "medium",
}
EMAIL_TIMEOUT = 20
BASE_URL = env.str("BASE_URL", default="http://localhost:8000")
"""Scheme and host for links in mails and PDFs, without a trailing slash."""

# What visitors write ------------------------------------------------------------------------------
INQUIRY_DAYS = env.int("INQUIRY_DAYS", default=180)
"""How long a settled message is kept."""
FORM_SECONDS = env.int("FORM_SECONDS", default=4)
"""Quicker than that no person fills in a form that asks for a message."""

# Newsletter ---------------------------------------------------------------------------------------
NEWSLETTER_FROM = env.str("NEWSLETTER_FROM", default="") or DEFAULT_FROM_EMAIL
NEWSLETTER_BOUNCE_ADDRESS = env.str("NEWSLETTER_BOUNCE_ADDRESS", default="")
"""The mailbox for bounces; its server must deliver name+anything@ to it. Empty: they go to NEWSLETTER_FROM."""
NEWSLETTER_BOUNCES = env.int("NEWSLETTER_BOUNCES", default=3)
"""After so many issues that came back for good nothing is sent to an address any more."""
NEWSLETTER_CONFIRM_DAYS = env.int("NEWSLETTER_CONFIRM_DAYS", default=7)
"""How long somebody may take to confirm; then the address is deleted."""
NEWSLETTER_KEEP_DAYS = env.int("NEWSLETTER_KEEP_DAYS", default=30)
"""How long the address of somebody who left is kept, with the proof of consent."""

# Forms -------------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = ["kern"]
CRISPY_TEMPLATE_PACK = "kern"

# Backups -----------------------------------------------------------------------------------------
BACKUP_KEYS = env.list("BACKUP_KEYS", default=[])
"""Public keys of age («age1…») to which `manage.py backup` encrypts; without one the archive is in the clear."""

# Logging -----------------------------------------------------------------------------------------
LOG_FORMAT = env.str("LOG_FORMAT", default="line" if DEMO or TESTING else "json")
if LOG_FORMAT not in logs.FORMS:
    raise ImproperlyConfigured(f"LOG_FORMAT ist {LOG_FORMAT!r}: Schreiben Sie 'json' oder 'line'.")
LOGGING = logs.config(LOG_FORMAT, env.str("LOG_LEVEL", default="INFO"))
ACCESS_LOG = env.bool("ACCESS_LOG", default=not (DEMO or TESTING))
"""A line for every request: method, name of the view, status, milliseconds. Nobody's address or name."""

# Watching ----------------------------------------------------------------------------------------
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
"""Who brings it as a bearer reads /metrics; empty: nobody does."""
SENTRY_DSN = env.str("SENTRY_DSN", default="")
"""Where errors are reported to; empty: nowhere."""
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default=MODE)

SILENCED_SYSTEM_CHECKS = ["templates.W003"]  # `static` is ours on purpose: what it answers never changes

"""Settings of a portal with addresses that break."""

from landespreis.settings import *  # noqa: F403

STORAGES = {
    "default": {"BACKEND": "landespreis.files.PrivateStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},  # nothing is collected
}
ROOT_URLCONF = "tests.landespreis.watching.urls"

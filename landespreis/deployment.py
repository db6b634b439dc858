"""Checks for `check --deploy` about this portal: how it is reached, which proxies there are, what is left out."""

import os
from collections.abc import Iterator, Sequence
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.http.request import validate_host


def deployment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of what makes the portal insecure or unreachable, and note what an operator may leave out knowingly."""
    return [*_addresses(), *_proxies(), *_processes(), *_left_out()]


def _addresses() -> Iterator[checks.CheckMessage]:
    """The links in mails lead to where the portal is, and browsers insist on TLS there."""
    parts = urlsplit(settings.BASE_URL)
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        yield checks.Warning(
            f"BASE_URL nennt {parts.hostname}, und unter diesem Namen antwortet das Portal nicht.",
            hint="Jeder Link in Mails und PDF ginge ins Leere. Nennen Sie den Namen auch in ALLOWED_HOSTS.",
            id="landespreis.W001",
        )
    if not settings.HTTPS or parts.scheme != "https":
        yield checks.Warning(
            "Das Portal ist nicht auf TLS eingestellt: BASE_URL muss mit https:// beginnen, HTTPS eingeschaltet sein.",
            hint="Sonst gehen Passwörter und Sitzungen lesbar über die Leitung.",
            id="landespreis.W002",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield checks.Warning(
            "ALLOWED_HOSTS lässt jeden Namen zu.",
            hint="Nennen Sie nur die Namen, unter denen das Portal erreichbar sein soll.",
            id="landespreis.W003",
        )
    _, at, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")
    if not at or domain.endswith(".example"):
        yield checks.Warning(
            f"Absender aller Mails ist „{settings.DEFAULT_FROM_EMAIL}“, eine Adresse, die es nicht geben kann.",
            hint="Setzen Sie DEFAULT_FROM_EMAIL.",
            id="landespreis.W004",
        )


def _proxies() -> Iterator[checks.CheckMessage]:
    """With TLS there is a proxy, for gunicorn does none: every visitor would have the proxy's address."""
    if settings.HTTPS and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        yield checks.Warning(
            "TRUSTED_PROXY_COUNT ist 0, obwohl ein Proxy TLS beendet.",
            hint="Grenzen je Adresse gälten für alle zusammen. Nennen Sie, wie viele Proxys davor stehen.",
            id="landespreis.W005",
        )


def _processes() -> Iterator[checks.CheckMessage]:
    """Counts of wrong passwords stand in the cache: each process would count for itself."""
    if int(os.environ.get("WEB_PROCESSES") or 1) > 1 and not settings.REDIS_URL:
        yield checks.Warning(
            "Mehrere Prozesse ohne REDIS_URL: Falsche Passwörter zählt dann jeder für sich.",
            hint="Nennen Sie ein Redis, oder lassen Sie WEB_PROCESSES bei 1.",
            id="landespreis.W006",
        )


def _left_out() -> Iterator[checks.CheckMessage]:
    if not settings.CLAMD_URL:
        yield checks.Info(
            "CLAMD_URL fehlt: Hochgeladene Dateien werden nicht auf Schadsoftware geprüft.",
            hint="Ein Scanner ist in docker-compose.yml vorbereitet (--profile scanner).",
            id="landespreis.I001",
        )
    if not settings.BACKUP_KEYS:
        yield checks.Info(
            "BACKUP_KEYS fehlt: Sicherungen sind nicht verschlüsselt.",
            hint="Schlüssel entstehen mit age-keygen; der geheime bleibt auf einem anderen Rechner.",
            id="landespreis.I002",
        )

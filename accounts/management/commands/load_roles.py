"""`manage.py load_roles`: the groups of the ministry with what they may do; repeating it changes nothing."""

from fnmatch import fnmatch
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand
from django.db import transaction

ROLES: dict[str, dict[str, list[str]]] = {
    "Geschäftsstelle": {
        "accounts": ["view_*", "change_user", "add_municipality", "change_municipality", "change_membership"],
        "submissions": [
            "view_*",
            *(f"{verb}_{row}" for verb in ("add", "change") for row in ("round", "category", "criterion", "question")),
            "delete_category",
            "delete_criterion",
            "delete_question",
            "change_submission",
            "add_extension",
        ],
        "jury": [
            *(f"{verb}_{row}" for verb in ("view", "add", "change") for row in ("seat", "juror")),
            *(f"view_{row}" for row in ("recusal", "clearance", "juryevent", "scoringreminder")),
            *(f"view_{row}" for row in ("session", "attendance", "decision", "paper", "letter")),
            "change_letter",
        ],
        "landespreis": [
            *(f"{verb}_circular" for verb in ("view", "add", "change", "delete")),
            "view_circularrecipient",
            *(f"{verb}_wording" for verb in ("view", "change")),
            *(f"view_{row}" for row in ("trace", "link", "purge")),
            "view_retention*",
            "change_retentionrule",
            *(f"{verb}_retentionhold" for verb in ("add", "change")),
            *(f"{verb}_retentionrun" for verb in ("add", "release")),
            "disclose_person",
        ],
        "portal": ["*"],
        "post_office": ["view_email", "view_attachment", "view_log"],
    },
    "Redaktion": {
        "portal": ["*"],
    },
}
"""Role → app → codenames of permissions; `*` stands for any letters."""


class Command(BaseCommand):
    help = "Legt die Rollen Geschäftsstelle und Redaktion an und gibt ihnen ihre Rechte."

    def handle(self, *args: Any, **options: Any) -> None:
        known = [(p.content_type.app_label, p.codename, p) for p in Permission.objects.select_related("content_type")]
        for role, apps in ROLES.items():
            wanted = [(app, pattern) for app, patterns in apps.items() for pattern in patterns]
            granted = {p for app, name, p in known if any(app == a and fnmatch(name, pattern) for a, pattern in wanted)}
            with transaction.atomic():
                group, _ = Group.objects.get_or_create(name=role)
                group.permissions.set(granted)
            self.stdout.write(f"Rolle {role}: {len(granted)} Rechte.")
            for app, pattern in wanted:
                if not any(app == a and fnmatch(name, pattern) for a, name, _ in known):
                    self.stdout.write(self.style.WARNING(f"  {app}.{pattern} gibt es noch nicht."))

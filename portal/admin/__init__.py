"""What editors see: the portal's content, each kind with its verbs."""

from portal.admin import (
    ceremony,
    downloads,
    events,
    faq,
    inquiries,
    news,
    newsletters,
    pages,
    pictures,
    projects,
    proposals,
    registrations,
    subscribers,
)

__all__ = [
    "ceremony",
    "downloads",
    "events",
    "faq",
    "inquiries",
    "news",
    "newsletters",
    "pages",
    "pictures",
    "projects",
    "proposals",
    "registrations",
    "subscribers",
]

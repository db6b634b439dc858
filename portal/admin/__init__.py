"""What editors see: the portal's content, each kind with its verbs."""

from portal.admin import downloads, events, faq, inquiries, news, pages, pictures, projects, registrations

__all__ = ["downloads", "events", "faq", "inquiries", "news", "pages", "pictures", "projects", "registrations"]

"""What editors see: the portal's content, each kind with its verbs."""

from portal.admin import downloads, faq, inquiries, news, pages, pictures, proposals

__all__ = ["downloads", "faq", "inquiries", "news", "pages", "pictures", "proposals"]

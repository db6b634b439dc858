"""What editors see: the portal's content, each kind with its verbs."""

from portal.admin import downloads, faq, inquiries, news, newsletters, pages, pictures, subscribers

__all__ = ["downloads", "faq", "inquiries", "news", "newsletters", "pages", "pictures", "subscribers"]

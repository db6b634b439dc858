"""What the public reads: pages, news, questions, downloads, pictures, and what the public writes: inquiries."""

from portal.models.downloads import Download
from portal.models.editions import Edition
from portal.models.faq import FaqEntry, FaqSection
from portal.models.inquiries import Inquiry
from portal.models.news import FormerAddress, News, NewsCategory
from portal.models.pages import Page, PageVersion
from portal.models.pictures import Picture

__all__ = [
    "Download",
    "Edition",
    "FaqEntry",
    "FaqSection",
    "FormerAddress",
    "Inquiry",
    "News",
    "NewsCategory",
    "Page",
    "PageVersion",
    "Picture",
]

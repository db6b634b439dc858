"""The tables of the portal: what the public reads, what it writes, who gets the newsletter."""

from portal.models.announcements import Announcement
from portal.models.documents import KINDS, Document, DocumentQuerySet, Spelling
from portal.models.downloads import Download
from portal.models.editions import Edition
from portal.models.events import Event, FormerEventAddress, Registration
from portal.models.faq import FaqEntry, FaqSection
from portal.models.inquiries import Inquiry
from portal.models.news import FormerAddress, News, NewsCategory
from portal.models.newsletters import Block, Delivery, Newsletter, Subscriber
from portal.models.pages import Page, PageVersion
from portal.models.pictures import Picture
from portal.models.projects import (
    FormerProjectAddress,
    Hue,
    Project,
    ProjectCategory,
    ProjectFacet,
    ProjectPartner,
    Topic,
)
from portal.models.proposals import Proposal, ProposalPartner, ProposalStep

__all__ = [
    "KINDS",
    "Announcement",
    "Block",
    "Delivery",
    "Document",
    "DocumentQuerySet",
    "Download",
    "Edition",
    "Event",
    "FaqEntry",
    "FaqSection",
    "FormerAddress",
    "FormerEventAddress",
    "FormerProjectAddress",
    "Hue",
    "Inquiry",
    "News",
    "NewsCategory",
    "Newsletter",
    "Page",
    "PageVersion",
    "Picture",
    "Project",
    "ProjectCategory",
    "ProjectFacet",
    "ProjectPartner",
    "Proposal",
    "ProposalPartner",
    "ProposalStep",
    "Registration",
    "Spelling",
    "Subscriber",
    "Topic",
]

"""Addresses of the public pages."""

from django.urls import path

from portal.views import (
    directory,
    downloads,
    drawings,
    events,
    faq,
    inquiries,
    machines,
    news,
    newsletters,
    open_data,
    pages,
    pictures,
    project,
    proposals,
    proposing,
    registrations,
    search,
    start,
    subscribing,
)

app_name = "portal"

urlpatterns = [
    path("", start.home, name="home"),
    path("landespreis/", start.award, name="award"),
    # The directory: list and map
    path("projekte/", directory.index, name="projects"),
    path("projekte/karte/", directory.map_, name="projects_map"),
    # Proposals for the directory
    path("projekte/vorschlagen/", proposals.index, name="proposals"),
    path("projekte/vorschlagen/neu/", proposals.new, name="proposal_new"),
    path("projekte/vorschlagen/aendern/<slug:project>/", proposals.change, name="proposal_change"),
    path("projekte/vorschlagen/<uuid:proposal>/", proposals.proposal, name="proposal"),
    path("projekte/vorschlagen/<uuid:proposal>/bild/", proposing.picture, name="proposal_picture"),
    path("projekte/vorschlagen/<uuid:proposal>/vorschau/", proposing.preview, name="proposal_preview"),
    path("projekte/vorschlagen/<uuid:proposal>/pruefen/", proposing.check, name="proposal_check"),
    path("projekte/vorschlagen/<uuid:proposal>/zurueckziehen/", proposing.recall, name="proposal_recall"),
    path("projekte/vorschlagen/<uuid:proposal>/verwerfen/", proposing.discard, name="proposal_discard"),
    # What machines read of the directory
    path("projekte/feed/", open_data.feed, name="projects_feed"),
    path("projekte.json", open_data.json, name="projects_json"),
    path("projekte.csv", open_data.csv, name="projects_csv"),
    path("projekte/daten/", open_data.about, name="open_data"),
    # A project and what is drawn for it
    path("projekte/bild/<slug:project>-<str:version>.svg", drawings.project_picture, name="project_picture"),
    path("projekte/muster/<slug:hue>-<int:count>-<int:seed>.svg", drawings.pattern, name="pattern"),
    path("projekte/<slug:project>/", project.detail, name="project"),
    # News
    path("aktuelles/", news.index, name="news"),
    path("aktuelles/feed/", news.feed, name="news_feed"),
    path("aktuelles/<slug:news>/", news.item, name="news_item"),
    # Dates
    path("termine/", events.index, name="events"),
    path("termine/kalender.ics", events.subscription, name="events_calendar"),
    path("termine/<slug:event>.ics", events.file, name="event_calendar"),
    path("termine/<slug:event>/", events.detail, name="event"),
    path("termine/<slug:event>/anmelden/", registrations.new, name="registration_new"),
    path("termine/<slug:event>/anmelden/danke/", registrations.sent, name="registration_sent"),
    path("termine/anmeldung/<uuid:registration>/", registrations.own, name="registration"),
    path("termine/anmeldung/<uuid:registration>/abmelden/", registrations.withdraw, name="registration_withdraw"),
    path("termine/anmeldung/<uuid:registration>/termin.ics", registrations.file, name="registration_calendar"),
    # Newsletter
    path("newsletter/", newsletters.index, name="newsletters"),
    path("newsletter/anmelden/", subscribing.ask, name="newsletter_ask"),
    path("newsletter/anmelden/danke/", subscribing.asked, name="newsletter_asked"),
    path("newsletter/bestaetigen/<str:consent>/", subscribing.confirm, name="newsletter_confirm"),
    path("newsletter/bestaetigt/", subscribing.confirmed, name="newsletter_confirmed"),
    path("newsletter/abmelden/<str:subscription>/", subscribing.leave, name="newsletter_leave"),
    path("newsletter/<slug:newsletter>/", newsletters.issue, name="newsletter"),
    # Search
    path("suche/", search.index, name="search"),
    # Questions, downloads, pictures
    path("faq/", faq.index, name="faq"),
    path("downloads/", downloads.index, name="downloads"),
    path("downloads/<slug:download>/", downloads.download, name="download"),
    path("bilder/<uuid:picture>/<int:width>.<str:form>", pictures.picture, name="picture"),
    # Machines, messages, and the pages of editors
    path("sitemap.xml", machines.sitemap_xml, name="sitemap"),
    path("sitemap/<slug:part>.xml", machines.sitemap_part, name="sitemap_part"),
    path("robots.txt", machines.robots, name="robots"),
    path("kontakt/", inquiries.contact, name="contact"),
    path("barriere-melden/", inquiries.barrier, name="barrier"),
    path("kontakt/danke/", inquiries.received, {"slug": "kontakt"}, name="contact_received"),
    path("barriere-melden/danke/", inquiries.received, {"slug": "barriere-melden"}, name="barrier_received"),
    path("<slug:slug>/", pages.page, name="page"),
]

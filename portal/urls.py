"""Addresses of the public pages."""

from django.urls import path

from portal.views import downloads, faq, inquiries, machines, news, pages, pictures, start

app_name = "portal"

urlpatterns = [
    path("", start.home, name="home"),
    path("landespreis/", start.award, name="award"),
    path("projekte/", start.soon, {"key": "projekte"}, name="projects"),
    path("termine/", start.soon, {"key": "termine"}, name="events"),
    path("suche/", start.soon, {"key": "suche"}, name="search"),
    path("aktuelles/", news.index, name="news"),
    path("aktuelles/feed/", news.feed, name="news_feed"),
    path("aktuelles/<slug:news>/", news.item, name="news_item"),
    path("faq/", faq.index, name="faq"),
    path("downloads/", downloads.index, name="downloads"),
    path("downloads/<slug:download>/", downloads.download, name="download"),
    path("bilder/<uuid:picture>/<int:width>.<str:form>", pictures.picture, name="picture"),
    path("sitemap.xml", machines.sitemap_xml, name="sitemap"),
    path("robots.txt", machines.robots, name="robots"),
    path("kontakt/", inquiries.contact, name="contact"),
    path("barriere-melden/", inquiries.barrier, name="barrier"),
    path("kontakt/danke/", inquiries.received, {"slug": "kontakt"}, name="contact_received"),
    path("barriere-melden/danke/", inquiries.received, {"slug": "barriere-melden"}, name="barrier_received"),
    path("<slug:slug>/", pages.page, name="page"),
]

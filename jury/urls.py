"""Addresses of the jury."""

from django.urls import path

from jury.views import entries, files, papers, recusals, start

app_name = "jury"

urlpatterns = [
    path("", start.index, name="index"),
    path("dossier/<slug:slug>/", papers.dossier_page, name="dossier_page"),
    path("dossier/<slug:slug>.pdf", papers.dossier, name="dossier"),
    path("sitzung/<slug:slug>/niederschrift/", papers.minutes_draft, name="minutes_draft"),
    path("sitzung/<slug:slug>/niederschrift.pdf", papers.minutes, name="minutes"),
    path("kategorien/<slug:slug>/", start.category, name="category"),
    path("einreichungen/<str:number>/", entries.entry, name="entry"),
    path("einreichungen/<str:number>/befangenheit/", recusals.recusal, name="recusal"),
    path("einreichungen/<str:number>/oeffnen/", entries.reopen, name="reopen"),
    path("einreichungen/<str:number>/dateien/<uuid:file>/", files.download, name="file"),
    # Stand-ins until the parts that serve them are merged:
    path("hinweise/", start.index, name="notice"),
    path("sitzung/<slug:slug>/", start.category, name="session"),
]

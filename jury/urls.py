"""Addresses of the jury."""

from django.urls import path

from jury.views import entries, files, recusals, start

app_name = "jury"

urlpatterns = [
    path("", start.index, name="index"),
    path("kategorien/<slug:slug>/", start.category, name="category"),
    path("einreichungen/<str:number>/", entries.entry, name="entry"),
    path("einreichungen/<str:number>/befangenheit/", recusals.recusal, name="recusal"),
    path("einreichungen/<str:number>/oeffnen/", entries.reopen, name="reopen"),
    path("einreichungen/<str:number>/dateien/<uuid:file>/", files.download, name="file"),
    # Stand-ins until the parts that serve them are merged:
    path("hinweise/", start.index, name="notice"),
    path("sitzung/<slug:slug>/", start.category, name="session"),
    path("dossier/<slug:slug>/", start.category, name="dossier_page"),
]

"""Addresses of the jury."""

from django.urls import path

from jury.views import entries, files, recusals, start
from jury.views import revising, session, start

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
    path("sitzung/<slug:slug>/", session.session, name="session"),
    path("sitzung/<slug:slug>/stand/", session.session_state, name="session_state"),
    path("sitzung/<slug:slug>/beschluss/", session.record, name="record"),
    path("sitzung/<slug:slug>/bestaetigen/", session.confirm, name="confirm"),
    # Stand-ins until the parts that serve them are merged:
    path("hinweise/", start.index, name="notice"),
    path("kategorien/<slug:slug>/", session.session, name="category"),
    path("einreichungen/<str:number>/", start.index, name="entry"),
    path("einreichungen/<str:number>/befangenheit/", start.index, name="recusal"),
    path("sitzung/<slug:slug>/niederschrift/", session.session, name="minutes_draft"),
    path("sitzung/<slug:slug>/niederschrift.pdf", session.session, name="minutes"),
    # The last of the Session's, because it takes any word:
    path("sitzung/<slug:slug>/<str:number>/", revising.revise, name="revise"),
]

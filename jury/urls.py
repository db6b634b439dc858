"""Addresses of the jury."""

from django.urls import path

from jury.views import entries, files, papers, recusals, revising, seats, session, start

app_name = "jury"

urlpatterns = [
    path("", start.index, name="index"),
    path("einladung/<str:token>/", seats.invitation, name="invitation"),
    path("hinweise/", seats.notice, name="notice"),
    path("kategorien/<slug:slug>/", start.category, name="category"),
    path("einreichungen/<str:number>/", entries.entry, name="entry"),
    path("einreichungen/<str:number>/befangenheit/", recusals.recusal, name="recusal"),
    path("einreichungen/<str:number>/oeffnen/", entries.reopen, name="reopen"),
    path("einreichungen/<str:number>/dateien/<uuid:file>/", files.download, name="file"),
    path("dossier/<slug:slug>/", papers.dossier_page, name="dossier_page"),
    path("dossier/<slug:slug>.pdf", papers.dossier, name="dossier"),
    path("sitzung/<slug:slug>/", session.session, name="session"),
    path("sitzung/<slug:slug>/stand/", session.session_state, name="session_state"),
    path("sitzung/<slug:slug>/beschluss/", session.record, name="record"),
    path("sitzung/<slug:slug>/bestaetigen/", session.confirm, name="confirm"),
    path("sitzung/<slug:slug>/niederschrift/", papers.minutes_draft, name="minutes_draft"),
    path("sitzung/<slug:slug>/niederschrift.pdf", papers.minutes, name="minutes"),
    # The last of the Session's, because it takes any word:
    path("sitzung/<slug:slug>/<str:number>/", revising.revise, name="revise"),
]

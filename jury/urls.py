"""Addresses of the jury."""

from django.urls import path

from jury.views import papers, start

app_name = "jury"

urlpatterns = [
    path("", start.index, name="index"),
    path("dossier/<slug:slug>/", papers.dossier_page, name="dossier_page"),
    path("dossier/<slug:slug>.pdf", papers.dossier, name="dossier"),
    path("sitzung/<slug:slug>/niederschrift/", papers.minutes_draft, name="minutes_draft"),
    path("sitzung/<slug:slug>/niederschrift.pdf", papers.minutes, name="minutes"),
]

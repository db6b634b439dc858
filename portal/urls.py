"""Addresses of the public pages."""

from django.urls import path

from portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("landespreis/", views.award, name="award"),
    path("projekte/", views.soon, {"key": "projekte"}, name="projects"),
    path("aktuelles/", views.soon, {"key": "aktuelles"}, name="news"),
    path("termine/", views.soon, {"key": "termine"}, name="events"),
    path("faq/", views.soon, {"key": "faq"}, name="faq"),
    path("suche/", views.soon, {"key": "suche"}, name="search"),
    path("<slug:slug>/", views.page, name="page"),
]

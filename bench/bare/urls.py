"""The two pages."""

from django.urls import path

from bench.bare import views

urlpatterns = [
    path("schreiben/", views.write, name="write"),
    path("<slug:key>/", views.note, name="note"),
]

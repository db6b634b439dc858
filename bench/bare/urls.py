"""The pages."""

from django.urls import path

from bench.bare import views

urlpatterns = [
    path("schreiben/", views.write, name="write"),
    path("gleich/<int:size>/", views.constant, name="constant"),
    path("liste/", views.articles, name="articles"),
    path("<slug:key>/", views.note, name="note"),
]

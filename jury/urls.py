"""Addresses of the jury."""

from django.urls import path

from jury.views import seats, start

app_name = "jury"

urlpatterns = [
    path("", start.index, name="index"),
    path("einladung/<str:token>/", seats.invitation, name="invitation"),
    path("hinweise/", seats.notice, name="notice"),
]

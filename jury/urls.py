"""Addresses of the jury."""

from django.urls import path

from jury.views import start

app_name = "jury"

urlpatterns = [
    path("", start.index, name="index"),
]

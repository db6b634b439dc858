"""Addresses of the jury."""

from django.urls import path

from jury import views

app_name = "jury"

urlpatterns = [
    path("", views.index, name="index"),
]

"""The portal's addresses in demo mode; the tests' settings are those of production."""

from django.urls import include, path

from landespreis.urls import (
    handler400,
    handler403,
    handler404,
    handler429,
    handler500,
)
from landespreis.urls import urlpatterns as of_production

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

urlpatterns = [path("demo/", include("landespreis.demo.urls")), *of_production]

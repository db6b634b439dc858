"""Which address leads to which app, and the pages for what goes wrong."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from landespreis.health import healthz, readyz

handler400 = "landespreis.errors.bad_request"
handler403 = "landespreis.errors.forbidden"
handler404 = "landespreis.errors.not_found"
handler429 = "landespreis.errors.too_many"
handler500 = "landespreis.errors.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("konto/", include("accounts.urls")),
    path("konto/", include("allauth.urls")),
    path("einreichungen/", include("submissions.urls")),
    path("jury/", include("jury.urls")),
]

if settings.DEMO and find_spec("landespreis.demo") and find_spec("landespreis.demo.urls"):
    urlpatterns.append(path("demo/", include("landespreis.demo.urls")))

urlpatterns.append(path("", include("portal.urls")))

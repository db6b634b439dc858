"""The pages where staff ask for parcels, see how far they are, and fetch them; each person sees only their own."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_POST, require_safe

from landespreis import files, packing, parcels
from landespreis.models import Parcel

SHOWN = 50
EXPIRED = "Die Frist zum Herunterladen ist abgelaufen, die Datei ist gelöscht. Sie können das Paket neu anfordern."
NOT_READY = "Das Paket ist noch nicht fertig."
NOT_YOURS_NOW = "Mit Ihrer Rolle können Sie dieses Paket nicht mehr herunterladen."


class PickupSite(AdminSite):
    """The part of the admin site that hands out parcels."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("pakete/", self.admin_view(require_safe(self.parcels)), name="parcels"),
            path("pakete/anfordern/<slug:key>/", self.admin_view(require_POST(self.ask_for)), name="parcel_ask"),
            path("pakete/<int:pk>/", self.admin_view(require_safe(self.parcel)), name="parcel"),
            path("pakete/<int:pk>/datei/", self.admin_view(require_safe(self.parcel_file)), name="parcel_file"),
            path("pakete/<int:pk>/noch-einmal/", self.admin_view(require_POST(self.ask_again)), name="parcel_again"),
        ]
        return [*own, *super().get_urls()]

    def parcels(self, request: HttpRequest) -> TemplateResponse:
        """What the person has asked for, the newest first."""
        rows = Parcel.objects.filter(asked_by_id=_person(request).pk)[:SHOWN]
        context = self.each_context(request) | {"title": "Pakete", "parcels": rows}
        return TemplateResponse(request, "admin/parcels.html", context)

    def parcel(self, request: HttpRequest, pk: int) -> TemplateResponse:
        """How far one parcel is; while it is being packed, htmx asks again for the part that changes."""
        parcel = _own(request, pk)
        if request.headers.get("HX-Request") == "true":
            return TemplateResponse(request, "admin/_parcel.html", {"parcel": parcel})
        context = self.each_context(request) | {"title": parcel.title, "parcel": parcel}
        return TemplateResponse(request, "admin/parcel.html", context)

    def ask_for(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask for what the page of exports offers; with POST, because it is written down."""
        person = _person(request)
        assert isinstance(person, PermissionsMixin)
        offer = parcels.offers(person).get(key)
        if offer is None:
            raise Http404
        return redirect(packing.owe(offer.kind, title=offer.title, params=offer.params, by=person))

    def ask_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        parcel = _own(request, pk)
        return redirect(packing.owe(parcel.kind, title=parcel.title, params=parcel.params, by=_person(request)))

    def parcel_file(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The file, to the one who asked for it, while it lasts and they still may have it."""
        parcel = _own(request, pk)
        problem = {"expired": EXPIRED, "ready": ""}.get(parcel.state, NOT_READY)
        if not packing.may(parcel.kind, parcel.params, _person(request)):
            problem = NOT_YOURS_NOW
        if problem:
            messages.warning(request, problem)
            return redirect(parcel)
        return files.serve(parcel.file, name=f"{parcel.title}.zip".replace("/", "-"), content_type="application/zip")


def _person(request: HttpRequest) -> AbstractBaseUser:
    assert isinstance(request.user, AbstractBaseUser)  # the site lets nobody else in
    return request.user


def _own(request: HttpRequest, pk: int) -> Parcel:
    return get_object_or_404(Parcel, pk=pk, asked_by_id=_person(request).pk)

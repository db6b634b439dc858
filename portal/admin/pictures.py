"""Pictures in the admin, and the list from which the editor of marked text offers them."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from portal.actions import pictures as verbs
from portal.admin.frame import OneByOne, person
from portal.forms.editing import PictureForm
from portal.models import Picture

OFFERED = 24


@admin.register(Picture)
class PictureAdmin(OneByOne, admin.ModelAdmin[Picture]):
    form = PictureForm
    list_display = ("number", "small", "alt", "credit", "added_at")
    list_display_links = ("number",)
    search_fields = ("alt", "credit")
    search_help_text = "Alternativtext oder Bildnachweis"
    readonly_fields = ("number", "small", "shown_in")

    def get_urls(self) -> list[URLPattern]:
        offer = path("auswahl/", self.admin_site.admin_view(self.offer), name="portal_pictures")
        return [offer, *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Picture | None = None) -> tuple[str, ...]:
        return ("number", "small", "alt", "credit", "shown_in") if obj else ("upload", "alt", "credit")

    def save_model(self, request: HttpRequest, obj: Picture, form: "ModelForm[Picture]", change: bool) -> None:
        if change:
            obj.save(update_fields=["alt", "credit"])
            return
        assert isinstance(form, PictureForm)
        assert form.examined
        verbs.add(obj, form.examined, by=person(request))

    def delete_model(self, request: HttpRequest, obj: Picture) -> None:
        verbs.remove(obj)

    @admin.display(description="Im Text")
    def number(self, picture: Picture) -> str:
        return f"bild:{picture.pk}"

    @admin.display(description="Bild")
    def small(self, picture: Picture) -> str:
        height = round(96 * picture.shown_height / picture.shown_width)
        return format_html('<img src="{}" alt="" width="96" height="{}">', picture.thumb, height)

    @admin.display(description="Zu sehen in")
    def shown_in(self, picture: Picture) -> str:
        return ", ".join(verbs.usages(picture)) or "nirgends"

    def offer(self, request: HttpRequest) -> JsonResponse:
        """Answer the newest pictures with what a text needs to show them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Picture.objects.all()[:OFFERED]
        offered = [{"number": picture.pk, "alt": picture.alt, "src": picture.thumb} for picture in rows]
        return JsonResponse({"pictures": offered})

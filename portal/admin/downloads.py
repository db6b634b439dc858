"""Downloads in the admin."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from landespreis import wording
from portal.actions import downloads as verbs
from portal.admin.frame import OneByOne
from portal.forms.editing import DownloadForm
from portal.models import Download


@admin.register(Download)
class DownloadAdmin(OneByOne, admin.ModelAdmin[Download]):
    form = DownloadForm
    list_display = ("title", "occasion", "held_on", "file_facts", "published_at")
    list_filter = ("occasion",)
    search_fields = ("title", "occasion", "speaker")
    search_help_text = "Titel, Anlass oder vortragende Person"
    fields = (
        "title", "slug", "occasion", "held_on", "speaker", "description", "file_facts", "upload", "published_at",
    )  # fmt: skip
    readonly_fields = ("file_facts",)

    def save_model(self, request: HttpRequest, obj: Download, form: "ModelForm[Download]", change: bool) -> None:
        assert isinstance(form, DownloadForm)
        upload = form.cleaned_data.get("upload")
        verbs.save(obj, examined=form.examined, name=(upload.name or "") if upload else "")

    def delete_model(self, request: HttpRequest, obj: Download) -> None:
        verbs.remove(obj)

    @admin.display(description="Vorhandene Datei")
    def file_facts(self, download: Download) -> str:
        if not download.pk:
            return "noch keine"
        return f"{download.name} ({download.kind}, {wording.filesize(download.size)})"

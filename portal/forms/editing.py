"""The shape of what editors enter in the admin."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import Resolver404, resolve

from accounts.forms import one_line
from landespreis import inspection
from landespreis.inspection import Examined, Kind, Rejected
from portal.actions import news as news_verbs
from portal.forms.richtext import RichTextField
from portal.models import Download, FaqEntry, News, NewsCategory, Page, Picture

IMAGE_HELP = "JPEG, PNG oder WebP, höchstens 40 Millionen Bildpunkte. Ort und Kamera im Bild werden entfernt."


class PublishedForm(forms.ModelForm[Any]):
    """Names the two halves of the moment of publication, which Django leaves without a label."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["published_at"].widget
        if isinstance(widget, forms.MultiWidget):  # the admin's
            for part, name in zip(widget.widgets, ("Datum", "Uhrzeit"), strict=True):
                part.attrs["aria-label"] = f"Veröffentlicht ab, {name}"


class PageForm(forms.ModelForm[Page]):
    body = RichTextField(label="Text", max_length=60_000)

    class Meta:
        model = Page
        fields = ("title", "slug", "lead", "body", "is_placeholder")

    def clean_slug(self) -> str:
        """Keep to addresses that no other page of the portal has."""
        slug: str = self.cleaned_data["slug"]
        if slug != self.instance.slug and _is_taken(f"/{slug}/"):
            raise ValidationError(f"Unter /{slug}/ steht schon etwas anderes. Wählen Sie eine andere Adresse.")
        return slug


class NewsForm(PublishedForm):
    title = forms.CharField(label="Überschrift", max_length=150, validators=[one_line], widget=AdminTextInputWidget)
    body = RichTextField(label="Text", max_length=30_000)

    class Meta:
        model = News
        fields = ("title", "slug", "category", "lead", "body", "picture", "published_at")

    def _get_validation_exclusions(self) -> set[str]:
        """Leave an empty address to the verb, which makes one from the title."""
        exclude: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclude if self.cleaned_data.get("slug") else exclude | {"slug"}

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in news_verbs.RESERVED:
            raise ValidationError(f"Die Adresse „{slug}“ ist schon vergeben. Wählen Sie eine andere.")
        return slug


class NewsCategoryForm(forms.ModelForm[NewsCategory]):
    class Meta:
        model = NewsCategory
        fields = ("name", "slug", "position")


class FaqEntryForm(forms.ModelForm[FaqEntry]):
    question = forms.CharField(label="Frage", max_length=200, validators=[one_line], widget=AdminTextInputWidget)
    answer = RichTextField(label="Antwort", max_length=8_000, headings=False, pictures=False)

    class Meta:
        model = FaqEntry
        fields = ("section", "question", "slug", "answer", "is_public", "position")


class PictureForm(forms.ModelForm[Picture]):
    """Only a new picture has a file to choose; what it shows and whose it is can be changed later."""

    upload = forms.FileField(
        label="Bild", help_text=IMAGE_HELP, widget=forms.FileInput({"accept": ".jpg,.jpeg,.png,.webp"})
    )

    class Meta:
        model = Picture
        fields = ("alt", "credit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examined: Examined | None = None
        if self.instance.pk:
            self.fields.pop("upload", None)

    def clean_upload(self) -> "UploadedFile[bytes]":
        upload: UploadedFile[bytes] = self.cleaned_data["upload"]
        self.examined = _examined(upload, Kind.IMAGE)
        known = Picture.objects.filter(sha256=self.examined.sha256).first()
        if known:
            raise ValidationError(f"Dieses Bild gibt es schon: {known}.")
        return upload


class DownloadForm(PublishedForm):
    upload = forms.FileField(
        label="Datei",
        required=False,
        help_text="PDF. Leer = die vorhandene Datei bleibt.",
        widget=forms.FileInput({"accept": ".pdf"}),
    )

    class Meta:
        model = Download
        fields = ("title", "slug", "occasion", "held_on", "speaker", "description", "published_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examined: Examined | None = None

    def clean_upload(self) -> "UploadedFile[bytes] | None":
        upload: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        self.examined = _examined(upload, Kind.PDF) if upload else None
        return upload

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.instance.pk and not data.get("upload") and "upload" not in self.errors:
            self.add_error("upload", "Wählen Sie die Datei auf Ihrem Gerät aus.")
        return data


class SettleForm(forms.Form):
    note = forms.CharField(
        label="Vermerk",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField"}),
    )


def _examined(upload: "UploadedFile[bytes]", kind: Kind) -> Examined:
    try:
        return inspection.examine(upload, kind)
    except Rejected as rejected:
        raise ValidationError(rejected.message) from rejected


def _is_taken(path: str) -> bool:
    try:
        return resolve(path).url_name != "page"
    except Resolver404:
        return False

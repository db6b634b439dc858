"""Pages with one row, with twenty, with none and always the same, and one with a form that inserts a row."""

from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from bench.bare.models import Article, Note

ROWS = 20


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ("text",)


def note(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "bare/note.html", {"note": get_object_or_404(Note, key=key)})


def write(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST or None, instance=Note(key=uuid4().hex))
    if form.is_valid():
        return redirect("note", form.save().key)
    return render(request, "bare/write.html", {"form": form})


def constant(request: HttpRequest, size: int) -> HttpResponse:
    return HttpResponse("x" * size)


def articles(request: HttpRequest) -> HttpResponse:
    return render(request, "bare/articles.html", {"articles": Article.objects.order_by("-published_at")[:ROWS]})

"""A page that shows one row, and one with a form that inserts one."""

from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from bench.bare.models import Note


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

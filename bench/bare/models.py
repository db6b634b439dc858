"""One table."""

from django.db import models


class Note(models.Model):
    key = models.SlugField(unique=True)
    text = models.TextField()

    def __str__(self) -> str:
        return self.key

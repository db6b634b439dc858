"""Two tables: one row a page, and many rows a page."""

from django.db import models


class Note(models.Model):
    key = models.SlugField(unique=True)
    text = models.TextField()

    def __str__(self) -> str:
        return self.key


class Article(models.Model):
    """A row of a list, with all it shows in one table."""

    key = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=150)
    kind = models.CharField(max_length=60)
    text = models.TextField()
    places = models.CharField(max_length=200)
    published_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key

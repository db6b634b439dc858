"""Tables of projects in the admin: taking them out, bringing them in with a look at what would change."""

from django.contrib import admin


class Exchange(admin.ModelAdmin):  # type: ignore[type-arg]
    """Mixin."""

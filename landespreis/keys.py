"""Keys that nobody can guess, for links that need nothing but to be known."""

import secrets
from uuid import UUID


def unguessable() -> UUID:
    """Return a key of 128 random bits; a UUID of version 4 has but 122."""
    return UUID(bytes=secrets.token_bytes(16))

"""The picture beside shared links: the shipped one is what the code draws, and pages without a photo name it."""

from io import BytesIO

import pytest
from django.templatetags.static import static
from django.test import Client
from PIL import Image, ImageChops

from portal import sharing
from submissions.models import Round

NOTICEABLE = 48
"""Values of 255 by which another version of the library for type may draw an edge differently."""


def test_shipped_picture_is_the_one_that_is_drawn() -> None:
    with Image.open(sharing.SHIPPED) as shipped, Image.open(BytesIO(sharing.draw())) as drawn:
        assert (shipped.format, shipped.size) == ("PNG", sharing.SIZE)
        apart = ImageChops.difference(shipped.convert("L"), drawn.convert("L")).histogram()

    assert sum(apart[NOTICEABLE:]) < sharing.WIDTH * sharing.HEIGHT / 1000


def test_shipped_picture_is_light() -> None:
    assert sharing.SHIPPED.stat().st_size < 150_000


@pytest.mark.parametrize("path", ["/", "/projekte/", "/landespreis/"])
def test_page_without_a_photo_names_it(client: Client, open_round: Round, path: str) -> None:
    shown = client.get(path).content.decode()

    assert f'<meta property="og:image" content="http://localhost:8000{static(sharing.NAME)}">' in shown
    assert f'width" content="{sharing.WIDTH}">\n<meta property="og:image:height" content="{sharing.HEIGHT}">' in shown

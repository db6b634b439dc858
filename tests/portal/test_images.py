"""The copies of a picture."""

from io import BytesIO

import pytest
from PIL import Image

from portal import images
from tests.portal import factories


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def test_copies_have_every_width_in_every_form() -> None:
    made = images.copies(BytesIO(factories.jpeg(1200, 800)), [480, 1200])

    assert sorted(made) == ["1200.avif", "1200.jpg", "1200.webp", "480.avif", "480.jpg", "480.webp"]
    assert {opened(made[f"480.{form}"]).size for form in ("avif", "webp", "jpg")} == {(480, 320)}
    assert [opened(made[f"480.{form}"]).format for form in ("avif", "webp", "jpg")] == ["AVIF", "WEBP", "JPEG"]


def test_copies_put_what_is_see_through_on_white_in_jpeg() -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(out, "PNG")

    made = images.copies(out, [40])

    assert opened(made["40.jpg"]).getpixel((20, 20)) == (255, 255, 255)
    assert opened(made["40.webp"]).mode == "RGBA"


@pytest.mark.parametrize(
    ("width", "form", "expected"), [(480, "webp", True), (0, "webp", False), (1601, "jpg", False), (480, "svg", False)]
)
def test_is_offered(width: int, form: str, expected: bool) -> None:
    assert images.is_offered(width, form) is expected


@pytest.mark.parametrize(
    ("width", "expected"), [(300, [300]), (480, [480]), (1000, [480, 960, 1000]), (4000, [480, 960, 1600])]
)
def test_picture_has_copies_up_to_its_own_width(width: int, expected: list[int]) -> None:
    picture = factories.Picture(width=width, height=width // 2)

    assert picture.widths == expected
    assert picture.shown_height == pytest.approx(expected[-1] / 2, abs=1)

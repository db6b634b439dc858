"""The process of its own in which foreign files are opened, with limits on time and memory; inspection starts it.

Run by path as `python examiner.py pdf|image`: the file comes on standard input, the answer goes to standard output as
one line of JSON, for an image followed by the bytes to keep. It imports nothing of the portal, so it starts fast.
"""

import io
import json
import resource
import sys
from typing import Any

import pikepdf
import pikepdf.settings
from PIL import Image, ImageCms, ImageOps

CPU_SECONDS = 15
MEMORY_BYTES = 1536 * 1024 * 1024
PDF_STREAM_BYTES = 64 * 1024 * 1024
LONGEST_EDGE = 4000
FORMATS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP"}
"""What Pillow calls it → how it is kept. MPO is what many phones write as .jpg."""
SAVE: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "optimize": True, "progressive": True},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 88, "method": 4},
}


class Problem(Exception):
    """Why the file is not accepted; the first argument is a key of `inspection.REASONS`."""


def pdf(data: bytes) -> dict[str, Any]:
    """Return the number of pages of a PDF that opens without any password and was not cut off."""
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as document:
            if document.is_encrypted:
                raise Problem("encrypted")
            pages = len(document.pages)
    except pikepdf.PasswordError as error:
        raise Problem("encrypted") from error
    if b"%%EOF" not in data.rstrip(b"\0 \t\r\n")[-2048:]:
        raise Problem("damaged")  # qpdf repairs much, but a half upload has lost pages
    if not pages:
        raise Problem("no_pages")
    return {"pages": pages}


def image(data: bytes, max_pixels: int) -> tuple[dict[str, Any], bytes]:
    """Return what a picture is, and its pixels newly encoded: upright, sRGB, without any metadata."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked below, before anything is decoded
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
        if picture.width * picture.height > max_pixels:
            raise Problem("pixels")
        form = FORMATS[picture.format or ""]
        if form != "JPEG" and getattr(picture, "is_animated", False):
            raise Problem("animated")
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        fresh = _to_srgb(upright, form)
    fresh.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    fresh.info = {}
    out = io.BytesIO()
    fresh.save(out, form, **SAVE[form])
    return {"format": form, "width": fresh.width, "height": fresh.height}, out.getvalue()


def _to_srgb(picture: Image.Image, form: str) -> Image.Image:
    """Return the picture as RGB, or RGBA where it is see-through and its format allows that."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):  # 16 bits a channel
        return picture.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if picture.mode in {"PA", "LA", "La", "RGBa"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    target = "RGBA" if picture.mode == "RGBA" and form != "JPEG" else "RGB"
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=target)
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile: the plain conversion is what browsers do too
    return picture.convert(target)


def answer(kind: str, data: bytes, max_pixels: int) -> tuple[dict[str, Any], bytes]:
    """Return the answer for `inspection`; whatever a parser raises about a hostile file means "damaged"."""
    try:
        return (pdf(data), b"") if kind == "pdf" else image(data, max_pixels)
    except Problem as problem:
        return {"problem": problem.args[0]}, b""
    except Exception as error:  # parsers raise nearly anything
        return {"problem": "damaged", "error": f"{type(error).__name__}: {error}"[:300]}, b""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=PDF_STREAM_BYTES,
        run_length_max_memory=PDF_STREAM_BYTES,
        png_max_memory=PDF_STREAM_BYTES,
        tiff_max_memory=PDF_STREAM_BYTES,
    )
    told, content = answer(sys.argv[1], sys.stdin.buffer.read(), int(sys.argv[2]))
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + content)


if __name__ == "__main__":
    main()

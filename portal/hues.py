"""The colours of a category in pictures that the portal draws: KERN's palette, calmed, as sRGB for every program."""

from typing import NamedTuple

from portal.models import Hue


class Shades(NamedTuple):
    """From the lightest to the darkest; `pale` to `deep` are for light pages, `glow` to `night` for dark ones."""

    pale: str
    light: str
    soft: str
    strong: str
    deep: str
    glow: str
    dim: str
    dusk: str
    dark: str
    night: str


SHADES = {
    Hue.BLUE: Shades(
        "#eff3fa", "#e5ebf7", "#c5d3ef", "#4161ac", "#233f87", "#7694d5", "#496ab5", "#1f2f54", "#152549", "#0c173b"
    ),
    Hue.LIGHT_BLUE: Shades(
        "#e3f6fb", "#d3eff5", "#b0d7e4", "#006b8c", "#004860", "#09a1cc", "#007598", "#003041", "#002533", "#001924"
    ),
    Hue.VIOLET: Shades(
        "#f8f1fc", "#f2e6f9", "#e0cdea", "#84529d", "#613179", "#b682d0", "#8d5ba7", "#3c264b", "#311a3e", "#240e31"
    ),
    Hue.TURQUOISE: Shades(
        "#e5f8f0", "#d5efe5", "#b2d8ca", "#007155", "#004c38", "#17a884", "#007b5d", "#003324", "#00271b", "#001b12"
    ),
    Hue.ORANGE: Shades(
        "#fef3de", "#f3e9d4", "#e3d1b3", "#925400", "#643700", "#cb8638", "#9e5c00", "#442400", "#351b00", "#261100"
    ),
    Hue.GREY: Shades(
        "#f3f4f7", "#e8e9ef", "#cfd2e0", "#5b6185", "#3b405f", "#8e93b1", "#646a8e", "#272a42", "#1d2034", "#131525"
    ),
}
INK = "#131525"
PAPER = "#fff"


def shades(hue: str) -> Shades:
    """Return the shades of a hue; of one that nobody knows, grey."""
    return SHADES[Hue(hue)] if hue in Hue.values else SHADES[Hue.GREY]

"""What the portal keeps of an entry: its copy in the directory, which is public. The rest has periods of its own."""

from collections.abc import Mapping

KEPT: Mapping[str, str] = {
    "portal.Project.submission": "das Projekt im Verzeichnis ist eine eigene, veröffentlichte Fassung",
}

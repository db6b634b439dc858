"""What the worker packs of what is kept: the package for the archive."""

from landespreis.parcels import Builder
from landespreis.records import archive, runs

BUILDERS = {runs.PACK: Builder(archive.build, archive.may)}

"""Every night: take the platform's list of datasets in, when it has been made anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.observed import logger, publish
from opendata import wiring
from opendata.adapters import catalogue_source
from opendata.adapters.catalogue_files import Export
from opendata.adapters.catalogue_source import Source
from opendata.desk import catalogue
from opendata.rules.errors import Fault

LOGGED = 100
"""Faults of rows that are logged; what the rest are, the command line says."""


def handler(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Sync; a list that is not taken is told to the coordinators, and fails the invocation."""
    place, faults = wiring.settings().catalogue_url, list[tuple[int, str]]()

    def heard(line: int, fault: Fault) -> None:
        if len(faults) < LOGGED:
            faults.append((line, fault.code))

    with Source(place) as source:
        name = catalogue_source.name_of(place)
        taken = catalogue.sync(wiring.desk(), lambda: Export(source), name, heard)
    logger.info("catalogue taken", extra={"faults": faults})
    counts = {"CatalogueRead": taken.sync.rows, "CatalogueWritten": taken.sync.written}
    publish(**counts, CatalogueFaults=taken.faults)
    return counts

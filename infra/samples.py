"""Every payload that the bot can produce, as samples: the goldens, and what Slack is asked about.

``python -m infra.samples FOLDER`` writes the goldens. Where the samples come from stands in
``samples_desk``; which there are, in the other ``samples_…``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.samples_answers import answers
from infra.samples_calendar import calendars
from infra.samples_catalogue import catalogues
from infra.samples_desk import LANGUAGES, Json, Sample, ministry
from infra.samples_digests import digests, moved_dates, reminders
from infra.samples_home import homes, homes_later
from infra.samples_inventory import inventories
from infra.samples_messages import messages
from infra.samples_quarterly import quarterlies
from infra.samples_views import imports, modals
from infra.samples_words import CONTENTS
from opendata.rules.people import Locale

__all__ = ["Sample", "files", "of", "samples", "write"]


def samples() -> Iterator[Sample]:
    """Every sample, in both languages and all three manners; the same ones every time.

    What looks the same whoever writes is there once in each language.
    """
    for language in LANGUAGES:
        usual: dict[str, Json] = {}
        for content in CONTENTS:
            for one in of(language, content):
                seen = usual.setdefault(one.name, one.payload)
                if seen is one.payload or seen != one.payload:
                    yield one


def of(language: Locale, content: str) -> Iterator[Sample]:
    """The samples of one language and one manner."""
    for some in (
        (messages,),
        (modals,),
        (homes, calendars, answers, imports),
        (homes_later,),
        (reminders,),
        (digests,),
        (moved_dates, catalogues),
        (inventories,),
        (quarterlies,),
    ):
        with ministry(language, content) as made:
            for kind in some:
                yield from kind(made)


def files() -> Mapping[str, str]:
    """The goldens: path below their folder → what stands in the file."""
    return {f"{one.language}/{one.content}/{one.name}.json": _written(one) for one in samples()}


def _written(sample: Sample) -> str:
    """JSON with a line for each block, so that a change is seen where it was made."""
    payload = dict(sample.payload)
    blocks = payload.pop("blocks", [])
    lines = [f"  {_line(name)}: {_line(told)}," for name, told in payload.items()]
    shown = ",\n".join(f"   {_line(block)}" for block in blocks)
    inside = "\n".join([*lines, f'  "blocks": [\n{shown}\n  ]' if shown else '  "blocks": []'])
    return f'{{"surface": {_line(sample.surface)}, "payload": {{\n{inside}\n}}}}\n'


def _line(told: object) -> str:
    return json.dumps(told, ensure_ascii=False)


def write(folder: Path) -> None:
    """Write the goldens, and remove what is no longer produced."""
    made = files()
    for path, text in made.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for file in folder.rglob("*.json"):
        if file.relative_to(folder).as_posix() not in made:
            file.unlink()


if __name__ == "__main__":
    write(Path(sys.argv[1]))

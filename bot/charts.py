"""Charts as Slack draws them itself: nothing is uploaded, and nothing leaves for anywhere else.

What a chart shows always stands beside it as text or table too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot import blocks as b
from bot.blocks import Block
from bot.voice import Voice
from opendata.rules.kpi import Figures
from opendata.rules.sight import JOINER

TITLE, LABEL, AGENCIES = 50, 20, 8
_SERIES = ("in_time", "late", "open_late", "open_in_time")


def of_agencies(voice: Voice, lines: Mapping[str, Figures]) -> list[Block]:
    """Bars for the agencies with the most rounds: answered in time and late, open late and not.

    With fewer than two agencies there is nothing to compare, and no chart.
    """
    busy = sorted((-line.received, code) for code, line in lines.items() if line.received)
    codes = [code for _, code in busy[:AGENCIES]]
    if len(codes) < 2:
        return []
    names = dict(zip(codes, _labels(voice, codes), strict=True))
    series = [
        {
            "name": voice.say(f"chart.{name}"),
            "data": [{"label": names[code], "value": getattr(lines[code], name)} for code in codes],
        }
        for name in _SERIES
    ]
    chart = {
        "type": "bar",
        "series": series,
        "axis_config": {"categories": list(names.values()), "y_label": voice.say("chart.unit")},
    }
    return [{"type": "data_visualization", "title": voice.say("chart.agencies"), "chart": chart}]


def _labels(voice: Voice, codes: list[str]) -> Iterator[str]:
    """Names as far as there is room, no two alike."""
    seen = set[str]()
    for n, code in enumerate(codes, 1):
        label = b.plain(b.cut(voice.agency(code), LABEL, "…"))["text"]
        if label in seen:
            label = f"{label[: LABEL - 2].rstrip(JOINER)}{n}"
        seen.add(label)
        yield label

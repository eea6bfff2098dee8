"""What must hold between the properties of one block or element that is well shaped otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from infra.desk.shapes import Flaw, flaw

Json = dict[str, Any]


def repeated(names: Sequence[str | None], what: str) -> Iterator[tuple[int, Flaw]]:
    """Each name that stood before, by its place; None is no name."""
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name is not None and name in seen:
            yield i, flaw(f"{what} already exists: {name}", "unique")
        seen |= {name} if name is not None else set()


def has_text_or_fields(section: Json) -> Iterator[Flaw]:
    """A section says something."""
    if not {"text", "fields"} & section.keys():
        yield flaw("must have text or fields", "required", ["text", "fields"])


def options_in_one_way(select: Json) -> Iterator[Flaw]:
    """A select has its options in a list or in groups."""
    if ("options" in select) == ("option_groups" in select):
        expected = ["options", "option_groups"]
        yield flaw("must have either options or option_groups", "one_of", expected)


def unique_options(element: Json) -> Iterator[Flaw]:
    """No two options of an element have one value, whatever their groups."""
    places = _option_places(element)
    for i, found in repeated([option["value"] for _, option in places], "value"):
        yield found.under(*places[i][0], "value")


def initial_among_options(element: Json) -> Iterator[Flaw]:
    """What is chosen at first is one of the options, to the letter, and each only once."""
    options = [option for _, option in _option_places(element)]
    if "initial_option" in element and element["initial_option"] not in options:
        yield flaw("must be one of the options", "among", at="/initial_option")
    chosen = element.get("initial_options", [])
    for i, option in enumerate(chosen):
        if option not in options:
            yield flaw("must be one of the options", "among", at=f"/initial_options/{i}")
    for i, found in repeated([option["value"] for option in chosen], "value"):
        yield found.under("initial_options", i, "value")


def _option_places(element: Json) -> list[tuple[tuple[str | int, ...], Json]]:
    """Every option with the way to it, in the order in which they are shown."""
    places: list[tuple[tuple[str | int, ...], Json]] = [
        (("options", i), option) for i, option in enumerate(element.get("options", []))
    ]
    for g, group in enumerate(element.get("option_groups", [])):
        for i, option in enumerate(group["options"]):
            places.append((("option_groups", g, "options", i), option))
    return places


def lengths_that_can_be_met(text_input: Json) -> Iterator[Flaw]:
    """The least length is not above the greatest, nor is what stands in the field at first."""
    most = text_input.get("max_length", 3000)
    if text_input.get("min_length", 0) > most:
        yield flaw("must not be more than max_length", "maximum", most, "/min_length")
    if len(text_input.get("initial_value", "")) > most:
        message = f"must be less than {most + 1} characters"
        yield flaw(message, "max_length", most, "/initial_value")


def dispatched_if_at_all(block: Json) -> Iterator[Flaw]:
    """Files never tell at once, and when to tell is said only of what tells at once."""
    at_once, element = block.get("dispatch_action", False), block["element"]
    if at_once and element["type"] == "file_input":
        yield flaw("not allowed with file_input", "not", at="/dispatch_action")
    if not at_once and "dispatch_action_config" in element:
        at = "/element/dispatch_action_config"
        yield flaw("only allowed with dispatch_action", "not", at=at)


def unique_action_ids(actions: Json) -> Iterator[Flaw]:
    """No two elements of a block have one name."""
    ids = [element.get("action_id") for element in actions["elements"]]
    for i, found in repeated(ids, "action_id"):
        yield found.under("elements", i, "action_id")


def bars_of_each_category(chart: Json) -> Iterator[Flaw]:
    """Each series has a value for every category, in their order, and no other."""
    categories = chart["axis_config"]["categories"]
    for i, series in enumerate(chart["series"]):
        if [point["label"] for point in series["data"]] != categories:
            yield flaw("must match axis categories", "items", categories, f"/series/{i}/data")


def unique_series(chart: Json) -> Iterator[Flaw]:
    """No two series have one name."""
    for i, found in repeated([series["name"] for series in chart["series"]], "name"):
        yield found.under("series", i, "name")


def even_rows(table: Json) -> Iterator[Flaw]:
    """All rows of a table are of one length, and no setting stands for a column that is none."""
    columns = len(table["rows"][0])
    for i, row in enumerate(table["rows"]):
        if len(row) != columns:
            yield flaw(f"must have {columns} cells", "items", columns, f"/rows/{i}")
    if len(table.get("column_settings", [])) > columns:
        message = f"no more than {columns} items allowed"
        yield flaw(message, "max_items", columns, "/column_settings")

"""Reads ``template.yaml``, the only description of the deployment, as typed facts.

The local desk finds handlers, routes, the stream and the schedules here, as Lambda does on AWS,
and the tests take the table from here. ``python -m infra.template translate FILE`` prints the
CloudFormation that SAM makes of it, offline. Running the handlers does not live here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]
"""The template as plain mappings, with ``!Ref X`` written out as ``{"Ref": "X"}`` and so on."""


@dataclass(frozen=True, slots=True)
class Route:
    """A path of the HTTP API and who answers it; ``handler`` is ``package.module.function``."""

    method: str
    path: str
    handler: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something done by the clock.

    Attributes:
        name: the name of the event in the template.
        expression: ``rate(…)`` or ``cron(…)`` as EventBridge Scheduler understands it.
        timezone: the zone a cron expression means.
        handler: ``package.module.function``.
        input: the event that the handler is given.
    """

    name: str
    expression: str
    timezone: str
    handler: str
    input: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StreamMapping:
    """Who is told of new rows: those whose sk begins with ``prefix``, so many at a time."""

    handler: str
    prefix: str
    batch_size: int


@dataclass(frozen=True, slots=True)
class Template:
    """What the local desk and the tests want to know of the deployment."""

    routes: tuple[Route, ...]
    schedules: tuple[Schedule, ...]
    stream: StreamMapping
    table_properties: Mapping[str, Any]


def load(path: Path) -> Template:
    """The facts of a template.

    Raises:
        OSError: the file cannot be read.
        ValueError: it has not exactly one table and one stream mapping.
    """
    document = read(path)
    (table,) = (told["Properties"] for _, told in resources(document, "AWS::DynamoDB::Table"))
    (stream,) = _events(document, "DynamoDB")
    return Template(
        routes=tuple(
            Route(event["Method"].upper(), event["Path"], handler)
            for _, handler, event in _events(document, "HttpApi")
        ),
        schedules=tuple(
            _schedule(name, handler, event)
            for name, handler, event in _events(document, "ScheduleV2")
        ),
        stream=_stream(*stream[1:]),
        table_properties=table,
    )


def load_handler(handler: str) -> Callable[..., Any]:
    """The function that a handler string names, as Lambda finds it."""
    module, _, function = handler.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def read(path: Path) -> Document:
    """The whole template, every tag of CloudFormation written out."""
    loader = _Loader(path.read_text(encoding="utf-8"))
    try:
        document: Document = loader.get_single_data()
    finally:
        loader.dispose()
    return document


def resources(document: Document, kind: str) -> Iterator[tuple[str, Document]]:
    """The resources of a type, with their names, in the order they are written."""
    for name, told in document["Resources"].items():
        if told["Type"] == kind:
            yield name, told


def translate(path: Path) -> Document:
    """The CloudFormation that SAM makes of a template, without an account or a network."""
    document = read(path)
    for _, function in resources(document, "AWS::Serverless::Function"):
        function["Properties"]["CodeUri"] = "s3://artefacts/functions.zip"
    # By name, because only those who develop have the translator; the local desk does without.
    # The region is only looked at for its partition.
    session = import_module("boto3").Session(region_name="us-east-1")
    parser = import_module("samtranslator.parser.parser").Parser()
    translator = import_module("samtranslator.translator.translator").Translator
    translated: Document = translator({}, parser, boto_session=session).translate(document, {})
    return translated


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any = None
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _long_form)


def _events(document: Document, kind: str) -> Iterator[tuple[str, str, Document]]:
    """The events of a type over all functions: name, handler, properties."""
    for _, function in resources(document, "AWS::Serverless::Function"):
        told = function["Properties"]
        for name, event in told.get("Events", {}).items():
            if event["Type"] == kind:
                yield name, told["Handler"], event["Properties"]


def _schedule(name: str, handler: str, event: Document) -> Schedule:
    return Schedule(
        name=name,
        expression=event["ScheduleExpression"],
        timezone=event["ScheduleExpressionTimezone"],
        handler=handler,
        input=json.loads(event.get("Input", "{}")),
    )


def _stream(handler: str, event: Document) -> StreamMapping:
    (wanted,) = event["FilterCriteria"]["Filters"]
    (place,) = json.loads(wanted["Pattern"])["dynamodb"]["Keys"]["sk"]["S"]
    return StreamMapping(handler, place["prefix"], event["BatchSize"])


def main(arguments: list[str]) -> int:
    """``translate FILE``: print the translated template as JSON."""
    match arguments:
        case ["translate", path]:
            sys.stdout.write(json.dumps(translate(Path(path)), indent=2) + "\n")
            return 0
        case _:
            sys.stderr.write("usage: python -m infra.template translate FILE\n")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

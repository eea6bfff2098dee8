"""What the product's own source says, read as syntax: calls, literals, and values handed on."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import opendata

ROOT = Path(opendata.__file__).parents[1]
PACKAGES = ("opendata", "bot", "functions", "infra")


class Call(NamedTuple):
    """A call, where it stands, and the module around it."""

    where: str
    tree: ast.Module
    node: ast.Call

    @property
    def name(self) -> str:
        """What is called, without the object before the dot."""
        callee = self.node.func
        return getattr(callee, "attr", None) or getattr(callee, "id", "")

    @property
    def keywords(self) -> set[str]:
        """The names of the arguments that are given by name."""
        return {one.arg for one in self.node.keywords if one.arg}

    @property
    def open_ended(self) -> bool:
        """Whether it is given a mapping of further arguments."""
        return any(one.arg is None for one in self.node.keywords)


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the product by its path.

    The texts themselves are not among them, nor what plays Slack, which speaks as Slack does.
    """
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for path in paths
        if ("texts" not in path.parts or path == ROOT / "opendata" / "texts" / "__init__.py")
        and path.parent != ROOT / "infra" / "desk"
    }


@cache
def calls(*names: str) -> tuple[Call, ...]:
    """Every call of something of these names."""
    found = (
        Call(f"{where}:{node.lineno}", tree, node)
        for where, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )
    return tuple(call for call in found if call.name in names)


def literals(node: ast.AST) -> set[str]:
    """Every text that stands in it."""
    inside = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return {value for value in inside if isinstance(value, str)}


def handed_on(call: Call, name: str) -> Iterator[str]:
    """The literals that a variable of a call can be: those that its function is called with."""
    for function in ast.walk(call.tree):
        if not isinstance(function, ast.FunctionDef) or call.node not in ast.walk(function):
            continue
        places = [one.arg for one in function.args.args]
        if name in places:
            place = places.index(name)
            for other in calls(function.name):
                if other.tree is call.tree and len(other.node.args) > place:
                    yield from literals(other.node.args[place])


def pairs_in(tree: ast.Module, node: ast.expr) -> set[str]:
    """The first words of a literal tuple of pairs, or of the variable that it was given to."""
    if isinstance(node, ast.Name):
        given = [
            one.value
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign) and literals_of_target(one) == {node.id}
        ]
        return set().union(*(pairs_in(tree, one) for one in given))
    pairs = [one for one in getattr(node, "elts", ()) if isinstance(one, ast.Tuple)]
    return {one.elts[0].value for one in pairs if isinstance(one.elts[0], ast.Constant)}


def literals_of_target(assigned: ast.Assign) -> set[str]:
    """The plain names that an assignment gives a value to."""
    return {one.id for one in assigned.targets if isinstance(one, ast.Name)}


def builders(module: ModuleType) -> set[str]:
    """The names of the public functions that a module defines itself."""
    return {
        name
        for name, one in vars(module).items()
        if inspect.isfunction(one) and one.__module__ == module.__name__ and name[0] != "_"
    }

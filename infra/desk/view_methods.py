"""``views.*``: modals and the App Home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infra.desk.arguments import Arguments
from infra.desk.block_rules import check_view
from infra.desk.errors import SlackError
from infra.desk.faults import FaultName
from infra.desk.workspace import Workspace

Json = dict[str, Any]


def _view(arguments: Arguments, kind: str) -> Json:
    view = arguments.structure("view", "invalid_arguments")
    check_view(view, kind)
    return dict(view)


def _with_trigger(
    workspace: Workspace, arguments: Arguments, act: Callable[[str, Json], Json]
) -> Json:
    view = _view(arguments, "modal")
    person = workspace.triggers.use(arguments.text("trigger_id"))
    return {"view": act(workspace.active(person).id, view)}


def _hash(workspace: Workspace, arguments: Arguments) -> str | None:
    """The hash that the view must still have, if one is given."""
    shown = arguments.optional("hash")
    if shown and workspace.faults.strike(FaultName.HASH_CONFLICT) is not None:
        raise SlackError("hash_conflict")
    return shown


def open_modal(workspace: Workspace, arguments: Arguments) -> Json:
    """A modal before the person whose trigger this is."""
    return _with_trigger(workspace, arguments, workspace.views.open)


def push(workspace: Workspace, arguments: Arguments) -> Json:
    """A modal on the modal in which the trigger arose."""
    return _with_trigger(workspace, arguments, workspace.views.push)


def update(workspace: Workspace, arguments: Arguments) -> Json:
    """Another content for an open modal, named by exactly one of view_id and external_id."""
    view = _view(arguments, "modal")
    shown = _hash(workspace, arguments)
    view_id, external_id = arguments.optional("view_id"), arguments.optional("external_id")
    if (view_id is None) == (external_id is None):
        raise SlackError.of_arguments("must provide either `view_id` or `external_id`")
    made = workspace.views.update(
        view_id=view_id or "",
        external_id=external_id or "",
        view=view,
        shown=shown,
    )
    return {"view": made}


def publish(workspace: Workspace, arguments: Arguments) -> Json:
    """A person's App Home."""
    view = _view(arguments, "home")
    person = workspace.active(arguments.text("user_id")).id
    return {"view": workspace.views.publish(person, view, _hash(workspace, arguments))}

"""``views.*``: modals and the App Home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infra.desk.arguments import Arguments
from infra.desk.block_rules import check_view
from infra.desk.errors import SlackError
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
    trigger = arguments.optional("trigger_id")
    if trigger is None:
        raise SlackError.of_arguments("missing required field: trigger_id")
    return {"view": act(workspace.triggers.use(trigger), view)}


def open_modal(workspace: Workspace, arguments: Arguments) -> Json:
    """A modal before the person whose trigger this is."""
    return _with_trigger(workspace, arguments, workspace.views.open)


def push(workspace: Workspace, arguments: Arguments) -> Json:
    """A modal on the modal in which the trigger arose."""
    return _with_trigger(workspace, arguments, workspace.views.push)


def update(workspace: Workspace, arguments: Arguments) -> Json:
    """Another content for an open modal, named by exactly one of view_id and external_id."""
    view = _view(arguments, "modal")
    view_id, external_id = arguments.optional("view_id"), arguments.optional("external_id")
    if (view_id is None) == (external_id is None):
        raise SlackError.of_arguments("must provide either `view_id` or `external_id`")
    made = workspace.views.update(
        view_id=view_id or "",
        external_id=external_id or "",
        view=view,
        shown=arguments.optional("hash"),
    )
    return {"view": made}


def publish(workspace: Workspace, arguments: Arguments) -> Json:
    """A person's App Home."""
    view = _view(arguments, "home")
    person = workspace.person(arguments.text("user_id")).id
    return {"view": workspace.views.publish(person, view, arguments.optional("hash"))}

"""HTTP answers: a use case's result, or an error of the desk by the one map of this face."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from opendata import texts
from opendata.rules import errors
from opendata.rules.errors import DeskError, Invalid

Response = dict[str, Any]

STATUS: Mapping[type[DeskError], int] = {
    errors.DeskError: 500,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Stranger: 403,
    errors.WrongRole: 403,
    errors.NotHolder: 403,
    errors.OwnDraft: 403,
    errors.NobodyMay: 409,
    errors.OutOfTurn: 409,
    errors.LostRace: 409,
    errors.RoundOver: 409,
    errors.TextChanged: 409,
    errors.Invalid: 422,
    errors.Delivery: 400,
    errors.TooLarge: 413,
    errors.BadSignature: 401,
    errors.NotJson: 400,
    errors.Mismatch: 409,
    errors.Stale: 503,
    errors.CommitRefused: 500,
    errors.Unavailable: 503,
    errors.InboxAway: 503,
    errors.Rejected: 503,
}
RETRY_AFTER = 5


def answer(status: int, body: object) -> Response:
    """An answer in JSON."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json; charset=utf-8"},
        "body": json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    }


def refused(error: DeskError) -> Response:
    """What an error is answered with; a 422 names every place that is wrong."""
    status = STATUS[type(error)]
    if isinstance(error, Invalid):
        faults = [
            {"pointer": fault.field, "message": texts.fault("zh", fault)} for fault in error.faults
        ]
        return answer(status, {"errors": faults})
    response = answer(status, {"error": error.code, "message": texts.refusal("zh", error)})
    if status == 503:
        response["headers"]["retry-after"] = str(RETRY_AFTER)
    return response

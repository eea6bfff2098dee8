"""Secrets: what a variable holds, or what Secrets Manager holds under the ARN in it."""

from __future__ import annotations

from opendata.rules.errors import Unavailable


def secret(value: str) -> str:
    """The secret itself.

    Args:
        value: the secret, or the ARN of one in Secrets Manager.

    Raises:
        Unavailable: Secrets Manager does not give it.
    """
    if not value.startswith("arn:"):
        return value
    # Only deployments need the client, and it takes a tenth of a second to import.
    import boto3  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        told = boto3.client("secretsmanager").get_secret_value(SecretId=value)
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(what="secrets") from error
    return str(told["SecretString"])

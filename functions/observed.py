"""The logger and the metrics of the functions. An event or a body is never logged."""

from __future__ import annotations

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "OpenDataDesk"
SERVICE = "opendata-desk"

logger = Logger(service=SERVICE)


def publish(**counts: int) -> None:
    """Tell CloudWatch some counts, at once.

    Powertools' own decorator warns of every invocation that counts nothing, and its one set of
    metrics grows without end where metrics are switched off.
    """
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
    for name, count in counts.items():
        metrics.add_metric(name, MetricUnit.Count, count)
    metrics.flush_metrics()

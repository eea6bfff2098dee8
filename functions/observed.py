"""The logger and the metrics of the functions. An event or a body is never logged."""

from __future__ import annotations

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

NAMESPACE = "OpenDataDesk"

__all__ = ["MetricUnit", "logger", "metrics"]

logger = Logger(service="opendata-desk")
metrics = Metrics(namespace=NAMESPACE, service="opendata-desk")

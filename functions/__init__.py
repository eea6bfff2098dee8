"""The Lambda functions, one a module: read the event, one use case, answer."""

"""The sentences in English, by code; a table for each topic."""

from opendata.texts.en import (
    calendar,
    cases,
    catalogue,
    errors,
    inventory,
    quarterly,
    reminders,
    running,
    views,
    words,
)

_TOPICS = (
    calendar,
    cases,
    catalogue,
    errors,
    inventory,
    quarterly,
    reminders,
    running,
    views,
    words,
)
SENTENCES: dict[str, str] = {
    code: told for topic in _TOPICS for code, told in topic.SENTENCES.items()
}

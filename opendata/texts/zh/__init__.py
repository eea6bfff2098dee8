"""The sentences in zh-TW, by code; the first language of the desk; a table for each topic."""

from opendata.texts.zh import (
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

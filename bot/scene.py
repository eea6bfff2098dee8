"""What every message is rendered from, and the pieces that several of them share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot import blocks as b
from bot.blocks import Block, escaped
from bot.ids import Button, Modal, Ref
from bot.voice import Voice
from opendata.desk.casefile import occasion_of
from opendata.desk.outbox import Message
from opendata.desk.reading import Dossier
from opendata.desk.records import Opinion
from opendata.rules import privacy
from opendata.rules.feedback import Case, Event
from opendata.rules.reply import Purpose
from opendata.texts import masked

LONGEST_URL = 500
_PLATFORM = re.compile(r"https://data\.gov\.tw/[A-Za-z0-9/._~?&=%#+-]*")
TITLE = 240


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it goes to Slack: ``text`` is the notification, read aloud to some."""

    text: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a message is rendered from: the case, the reader's voice, and which occasion."""

    dossier: Dossier
    voice: Voice
    kind: Message
    occasion: str
    event: Event

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return self.dossier.case

    @property
    def ref(self) -> Ref:
        """What the buttons are about: this case, round and text."""
        draft = self.case.draft
        return Ref(self.case.id, self.case.round, draft.hash if draft else "")

    @property
    def title(self) -> str:
        """The masked title, for mrkdwn."""
        return escaped(self.case.title, TITLE)

    @property
    def current(self) -> bool:
        """Whether the case is still at the occasion that the message is about."""
        return occasion_of(self.case, self.kind) == self.occasion

    def say(self, code: str, /, **params: object) -> str:
        """A sentence in the reader's language."""
        return self.voice.say(code, **params)

    def button(self, which: Button, **more: Any) -> Block:
        """A button about this case; a screen reader hears the number too."""
        text = self.say(f"button.{which.value}")
        label = f"{text} {self.case.id}"
        return b.button(text, which, str(self.ref), label=label, **more)

    def confirm(self, which: Button) -> Block:
        """The question before a button takes effect."""
        name = f"confirm.{which.value}"
        return b.confirm(
            self.say(f"{name}.title"),
            self.say(f"{name}.text"),
            self.say(f"button.{which.value}"),
            self.say("button.look_again"),
        )


def masked_body(scene: Scene) -> str:
    """The citizen's words, personal data masked."""
    return privacy.mask(scene.dossier.opinion.body, masked)


def wishes(opinion: Opinion) -> list[str]:
    """What a suggestion asks for, in the citizen's words."""
    return [text for text in (opinion.requested_dataset, opinion.requested_fields) if text]


def hidden(scene: Scene) -> int:
    """How many places of personal data the citizen's words have."""
    opinion, said = scene.dossier.opinion, scene.dossier.said
    told = [opinion.title, opinion.body, *wishes(opinion), *said]
    return sum(len(privacy.find(text)) for text in told)


def extends(case: Case) -> bool:
    """Whether the draft of record is the notice that asks for more time."""
    return case.draft is not None and case.draft.purpose is Purpose.PROGRESS_NOTICE


def draft_button(scene: Scene, *, primary: bool) -> Block:
    """擬具回復, or 修改擬稿 beside the way forward; 修改展延通知 while that is the draft."""
    code = "button.draft" if primary else "button.edit"
    text = scene.say("button.edit_notice" if extends(scene.case) else code)
    return b.button(
        text,
        Button.DRAFT,
        str(scene.ref),
        style="primary" if primary else None,
        label=f"{text} {scene.case.id}",
    )


def platform_link(scene: Scene) -> list[Block]:
    """A button to the opinion on the platform; only the platform's own addresses are links."""
    url = scene.dossier.opinion.url or ""
    if len(url) > LONGEST_URL or not _PLATFORM.fullmatch(url):
        return []
    return [b.button(scene.say("button.platform"), Button.PLATFORM, url=url)]


def closed(heading: str, told: str, more: list[Block] | None = None) -> Rendered:
    """A message to which nothing is left to be done."""
    blocks = [b.header(heading), b.section(told), *(more or [])]
    return Rendered(b.notice(f"{escaped(heading)} {told}"), blocks)


def form(voice: Voice, modal: Modal, ref: Ref, blocks: Sequence[Block], submit: str) -> Block:
    """A modal that is submitted, about a case."""
    return b.modal(
        voice.say(f"modal.{modal}"),
        blocks,
        submit=submit,
        close=voice.say("button.cancel"),
        callback=modal,
        metadata=str(ref),
    )

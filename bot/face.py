"""What every listener is given: the desk, and how to speak to whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.ids import Ref
from bot.scene import Scene
from bot.voice import Voice
from opendata.desk.casefile import occasion_of
from opendata.desk.context import Desk
from opendata.desk.outbox import Message
from opendata.desk.reading import Dossier, show
from opendata.rules.errors import NotAllowed, NotFound

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Face:
    """The Slack face of a desk.

    ``new_id`` makes the ids of unexpected errors; ``charts``: Slack draws charts here.
    """

    desk: Desk
    new_id: Callable[[], str]
    charts: bool = True

    def answer(self, act: Callable[[Face], Told]) -> Told:
        """Let a request of Slack be answered by a face that reads nothing twice.

        A refusal may rest on the roster of a minute ago: then it is asked again, of the store.
        """
        face = replace(self, desk=self.desk.for_request())
        try:
            return act(face)
        except (NotAllowed, NotFound):
            if not face.desk.forget():
                raise
            return act(face)

    def judging(self, ref: Ref) -> Face:
        """This face for a click: it acts in the round that was shown, and in no other."""
        return replace(self, desk=replace(self.desk, round=ref.round))

    def voice(self, language: str = "zh") -> Voice:
        """A voice of today."""
        desk = self.desk
        return Voice(language, desk.remembered(), desk.calendar(), desk.today())

    def voice_of(self, person_id: str) -> Voice:
        """The voice that a person reads; a stranger's is Chinese."""
        person = self.desk.remembered().person(person_id)
        return self.voice(person.locale if person else "zh")

    def refusing(self, person_id: str) -> Voice:
        """The voice that says why not, even when the store does not answer."""
        directory, calendar = self.desk.known()
        person = directory.person(person_id)
        language = person.locale if person else "zh"
        return Voice(language, directory, calendar, self.desk.today())

    def scene(self, dossier: Dossier, voice: Voice, kind: Message = Message.CARD) -> Scene:
        """A case as it stands now, on the calendar of its agency."""
        return Scene(
            dossier=dossier,
            voice=replace(voice, calendar=self.desk.calendar(dossier.case.agency)),
            kind=kind,
            occasion=occasion_of(dossier.case, kind),
            event=dossier.events[-1],
        )

    def shown(self, actor: str, case_id: str) -> Scene:
        """A case for a person who asks for it.

        Raises:
            Stranger, NotFound.
        """
        _, dossier = show(self.desk, actor, case_id)
        return self.scene(dossier, self.voice_of(actor))

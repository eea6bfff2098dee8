"""What people write in the samples: as usual, at every limit, and as an attacker would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from types import MappingProxyType

from opendata.adapters.platform_webhook import LONGEST_NAME, MOST_AGENCIES
from opendata.desk.casefile import MAX_NOTE
from opendata.rules.reply import MAX_CONTACT, MAX_STATUTE, MAX_TEXT

BODY, WISH = 13_000, 2000
"""Characters of an opinion, and of a wish, that are more than any message or modal shows."""


@dataclass(frozen=True, slots=True)
class Words:
    """Every free text of a case and of the roster, in one manner.

    ``doubtful`` is a reply that the quality check has something to say about; ``others`` are the
    agencies that the platform asked beside ours.
    """

    title: str
    body: str
    amended: str
    dataset: str
    wish: str
    submitter: str
    others: tuple[str, ...]
    comment: str
    reply: str
    doubtful: str
    contact: str
    statute: str
    note: str
    purpose: str
    person: str
    agency: str


def _filled(length: int, pattern: str = "歷年廉政統計👨‍👩‍👧‍👦請逐年開放") -> str:
    return "".join(islice(cycle(pattern), length))


def _uniform(text: str) -> Words:
    """The same text in every place, as far as the place is long."""
    return Words(
        title=text[:300],
        body=text,
        amended=f"{text}{text[:9]}",
        dataset=text[:500],
        wish=text[:WISH],
        submitter=text[:LONGEST_NAME],
        others=tuple(f"{n}{text}"[:LONGEST_NAME] for n in range(1, MOST_AGENCIES)),
        comment=text[:WISH],
        reply=text[:MAX_TEXT],
        doubtful=text[:15],
        contact=text[:MAX_CONTACT],
        statute=text[:MAX_STATUTE],
        note=text[:MAX_NOTE],
        purpose=text[:200],
        person=text[:LONGEST_NAME],
        agency=text[:LONGEST_NAME],
    )


_ATTACK = (
    "> <!channel> <!here|x> <@U01> <#C01> <!subteam^S01> <!date^0^{date}^https://evil.example|x>\n"
    "&lt;!everyone&gt; &amp;lt; <https://evil.example|data.gov.tw> https://evil.example/?a=1&b=2"
    " evil.example root@evil.example @here #general :skull: *粗* _斜_ ~刪~ `碼`\n"
    "```\n圍\n```\n• 點\n1. 一\n<b>HTML</b><script>alert(1)</script> {case} {0} %s"
    " \u202egnp.exe\u202c \u2066反\u2069 看\u200b不\u2060見\ufeff的\u00ad\U000e0041\U000e0042"
    " e\u0301\u0301\u0301 \t\u3000|"
)

CONTENTS: Mapping[str, Words] = MappingProxyType(
    {
        "ordinary": Words(
            title="開放歷年廉政統計",
            body="希望開放歷年廉政統計的機器可讀檔案，方便研究。\n聯絡方式：0912-345-678，謝謝。",
            amended="希望開放歷年廉政統計與貪瀆案件起訴統計的機器可讀檔案。",
            dataset="廉政統計年報",
            wish="年度、機關別、案件數",
            submitter="y****8",
            others=("內政部", "財政部", "教育部", "經濟部", "交通部", "衛生福利部", "勞動部"),
            comment="請問目前的進度如何？",
            reply="您好：您建議的資料因涉及偵查不公開，依法不得提供，尚請見諒；如有疑義請洽本署。",
            doubtful="研議中，簽核後另復。",
            contact="廉政署綜合規劃組 02-23141000",
            statute="刑事訴訟法第245條",
            note="請補充法源依據，\n並說明可提供的替代資料。",
            purpose="電話聯繫民眾確認需求",
            person="",
            agency="法務部廉政署",
        ),
        "extreme": _uniform(_filled(BODY)),
        "hostile": _uniform(_ATTACK),
    }
)

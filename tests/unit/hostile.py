"""Hostile strings, put together with a fixed seed from what has fooled somebody somewhere.

What must come of them stands in the tests.
"""

import random

PIECES = (
    # what Slack would parse
    "<!channel>", "<!here|here>", "<!everyone>", "<@U01OFFICER>", "<@U01|名>",
    "<#C01MOJ|頻道>",
    "<!subteam^S01|組>", "<!date^1392734382^{date}^https://evil.example|x>",
    "<mailto:a@b.tw|信>",
    "<https://evil.example|data.gov.tw>", "<//x>", "<", ">", "|", "^", "<<!channel>>",
    "<!channel",
    "&lt;!channel&gt;", "&amp;lt;!here&amp;gt;", "&", "&amp;", "&lt",
    "&#60;!here&#62;", "&;",
    # what it would make a link or a name of
    "https://evil.example/?a=1&b=<x>", "http://a.b", "evil.example",
    "www.evil.example", "a@b.tw",
    "mailto:a@b.tw", "tel:110", "slack://x", "data.gov.tw", "@here", "@channel",
    "#general", "ftp://",
    # what it would format
    "*粗*", "_斜_", "~刪~", "`碼`", "```", "```\n圍\n```", "\n> 引", "\n>>> 引", "> ",
    "\n• 點", "\n- 點",
    "\n1. 一", "*", "_", "~", "`", ":skull:", ":+1::skin-tone-2:", ":", "::", "# 題",
    "[a](https://b.tw)",
    # what is not seen, or turns a text around
    "\u202e", "\u202c", "\u2066", "\u2069", "\u200f", "\u061c", "\u200b", "\u200c",
    "\u200d", "\u2060",
    "\ufeff", "\u00ad", "\u034f", "\u115f", "\u3164", "\uffa0", "\u180e", "\ufe0f",
    "\ufe00", "\U000e0100",
    "\U000e0041\U000e0042", "\U000e007f", "\ufff9", "\u206a", "\x00", "\x07",
    "\x1b[31m", "\x7f", "\x85",
    "\ud83d", "\udc68", "\udfff", "\r", "\r\n", "\t", "\n", "\n\n", "\x0b", "\u2028",
    "\u3000", " ", "   ",
    # what is seen, and long
    "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏽‍⚕️", "❤️‍🔥", "1️⃣", "e\u0301",
    "Z\u0351\u036b\u0343\u036a\u0302", "中文字", "法務部", "ﷺ",
    "שלום", "مرحبا", "한국어", "नमस्ते", "ไทย", "０９１２３４５６７８", "0912-345-678",
    "A123456789", "長" * 300,
    "a" * 300, "word ", "，", "。", "「」", "（", "{case}", "{0}", "%s", "\\n", '"',
    "'", "<b>HTML</b>", "—",
)  # fmt: skip


def strings(many, seed=20260302):
    """Strings of every length, the same ones every time."""
    rng = random.Random(seed)
    for n in range(many):
        parts = rng.choice((1, 2, 3, 5, 8, 13, 40)) if n % 50 else 800
        yield "".join(rng.choices(PIECES, k=parts))[:10_000]

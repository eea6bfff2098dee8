"""The real exports through the inbox: the same cases as by webhook, and none twice."""

import os
import shutil
import time

from opendata.adapters.inboxes import FolderInbox
from opendata.desk import pulling
from tests.world import World


def test_real_suggestions_open_their_cases_once(real_data, tmp_path):
    inbox, world = tmp_path / "inbox", World.make(tmp_path)
    inbox.mkdir()
    found = []
    for name in ("a.csv", "b.csv"):
        shutil.copy(real_data / "feedback" / "moj_suggestions_2013-2019.csv", inbox / name)
        then = time.time() - 300
        os.utime(inbox / name, (then, then))
        found.append(pulling.pull(world.desk, FolderInbox(inbox, world.clock)))
    first, second = found
    assert first.opened + first.answered + len(first.refused) == 20
    assert second.opened == 0
    assert world.faults() == []
    world.close()

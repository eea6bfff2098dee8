"""Every task of the outbox has the use case that does it."""

from opendata.desk import outbox, tasks


def test_every_task_has_the_use_case_that_does_it():
    assert set(tasks.TASKS) == outbox.TASKS

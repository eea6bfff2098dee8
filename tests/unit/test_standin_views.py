from itertools import pairwise

from infra.desk import web_api
from tests.unit.standin import CIO, LEFT, OFFICER, TOKEN, modal, section, workspace


def call(space, name, **arguments):
    return web_api.call(space, f"views.{name}", arguments, TOKEN)


def opened(space, person=OFFICER, how="open", **more):
    trigger = space.triggers.issue(person)
    return call(space, how, trigger_id=trigger, view=modal(**more))


def test_a_trigger_opens_a_modal_before_the_person_it_belongs_to(space):
    view = opened(space)["view"]
    assert [one["id"] for one in space.views.stack(OFFICER)] == [view["id"]]
    assert space.views.stack(CIO) == []
    assert view["blocks"][0]["block_id"]
    assert (view["root_view_id"], view["previous_view_id"]) == (view["id"], None)


def test_a_trigger_works_for_three_seconds(space, clock):
    first, second = space.triggers.issue(OFFICER), space.triggers.issue(OFFICER)
    clock.move(seconds=3)
    assert call(space, "open", trigger_id=first, view=modal())["ok"] is True
    clock.move(seconds=0.001)
    told = call(space, "open", trigger_id=second, view=modal())
    assert told["error"] == "expired_trigger_id"


def test_a_trigger_works_once(space):
    trigger = space.triggers.issue(OFFICER)
    call(space, "open", trigger_id=trigger, view=modal())
    assert call(space, "push", trigger_id=trigger, view=modal())["error"] == "exchanged_trigger_id"


def test_triggers_are_known_and_given(space):
    assert call(space, "open", trigger_id="1.2.3", view=modal())["error"] == "invalid_trigger_id"
    assert call(space, "open", view=modal())["error"] == "invalid_arguments"


def test_trigger_ids_go_up(space):
    ids = [space.triggers.issue(OFFICER) for _ in range(12)]
    assert all(before < after for before, after in pairwise(ids))


def test_a_refused_view_leaves_the_trigger_unspent(space):
    trigger = space.triggers.issue(OFFICER)
    assert call(space, "open", trigger_id=trigger, view={"type": "modal"})["ok"] is False
    assert call(space, "open", trigger_id=trigger, view=modal())["ok"] is True


def test_three_modals_stand_on_each_other_and_no_fourth(space):
    first = opened(space)["view"]
    opened(space, how="push")
    third = opened(space, how="push")["view"]
    assert third["root_view_id"] == first["id"]
    assert opened(space, how="push")["error"] == "push_limit_reached"


def test_a_modal_is_pushed_only_on_another(space):
    assert opened(space, how="push")["error"] == "not_found"


def test_a_modal_is_updated_only_as_it_was_seen(space):
    view = opened(space)["view"]
    newer = modal(section("新"))
    changed = call(space, "update", view_id=view["id"], hash=view["hash"], view=newer)["view"]
    assert changed["id"] == view["id"]
    assert changed["hash"] != view["hash"]
    told = call(space, "update", view_id=view["id"], hash=view["hash"], view=newer)
    assert told["error"] == "hash_conflict"


def test_a_closed_modal_is_not_found(space):
    view = opened(space)["view"]
    space.views.close(OFFICER, view["id"])
    assert call(space, "update", view_id=view["id"], view=modal())["error"] == "not_found"


def test_a_modal_is_found_by_the_name_that_the_app_gave_it(space):
    opened(space, external_id="S1")
    told = call(space, "update", external_id="S1", view=modal(section("新"), external_id="S1"))
    assert told["view"]["blocks"][0]["text"]["text"] == "新"
    assert opened(space, person=CIO, external_id="S1")["error"] == "duplicate_external_id"


def test_a_name_of_the_apps_own_belongs_to_one_view_of_whatever_kind(space):
    opened(space, external_id="S1")
    second = opened(space, person=CIO)["view"]
    renamed = modal(external_id="S1")
    told = call(space, "update", view_id=second["id"], view=renamed)
    assert told["error"] == "duplicate_external_id"
    home = {"type": "home", "blocks": [section("一")], "external_id": "S1"}
    assert call(space, "publish", user_id=CIO, view=home)["error"] == "duplicate_external_id"
    assert call(space, "publish", user_id=CIO, view=home | {"external_id": "H"})["ok"] is True
    assert call(space, "publish", user_id=CIO, view=home | {"external_id": "H"})["ok"] is True


def test_who_left_is_shown_no_view(space):
    home = {"type": "home", "blocks": [section("一")]}
    assert call(space, "publish", user_id=LEFT, view=home)["error"] == "user_disabled"
    assert opened(space, person=LEFT)["error"] == "user_disabled"


def test_a_home_is_published_again_and_again_for_one_person(space):
    home = {"type": "home", "blocks": [section("一")]}
    first = call(space, "publish", user_id=OFFICER, view=home)["view"]
    second = call(space, "publish", user_id=OFFICER, view=home, hash=first["hash"])["view"]
    assert first["id"] == second["id"]
    told = call(space, "publish", user_id=OFFICER, view=home, hash=first["hash"])
    assert told["error"] == "hash_conflict"
    assert space.views.home(CIO) is None
    assert call(space, "publish", user_id="U99", view=home)["error"] == "user_not_found"


def test_open_modals_outlive_a_restart(space, tmp_path, clock):
    view = opened(space)["view"]
    again = workspace(tmp_path, clock)
    assert again.views.stack(OFFICER) == [view]
    again.close()

import pygame
import pytest

from client.draw.join import JOIN, NAME, recent_place
from client.problem import Fault, Problem
from client.scenes import join as join_module
from client.scenes.join import JoinScene
from client.scenes.play import PlayScene
from client.state import Connecting, Failed, Left, Playing, Waiting


@pytest.fixture
def scene(stage, link):
    return JoinScene(stage, link=link, name="Ada")


def test_enter_joins_with_what_is_typed(stage, opener, press, type_text, link):
    scene = JoinScene(stage, name="Ada")
    type_text(scene, link)
    press(scene, pygame.K_RETURN)
    (invite, name) = opener.asked[0]
    assert invite.link() == link
    assert name == "Ada"
    assert scene.picture(0).busy


@pytest.mark.parametrize(
    "wrong", ["", "hello", "lanternhold://join/AAAA", "https://example.org/x", "\u0301" * 300]
)
def test_a_wrong_link_is_a_sentence_and_the_text_stays(stage, opener, press, type_text, wrong):
    scene = JoinScene(stage, name="Ada")
    type_text(scene, wrong)
    typed = scene.picture(0).link
    press(scene, pygame.K_RETURN)
    shown = scene.picture(0)
    assert shown.problem.endswith((".", "!"))
    assert shown.link == typed
    assert shown.name == "Ada"
    assert not opener.asked


def test_a_wrong_name_is_a_sentence_and_the_text_stays(stage, opener, press, type_text, link):
    scene = JoinScene(stage, link=link, name="\u2800")
    press(scene, pygame.K_RETURN)
    shown = scene.picture(0)
    assert "visible character" in shown.problem
    assert shown.name == "\u2800"
    assert shown.focus == "name"
    assert not opener.asked


def test_it_can_join_at_once(stage, opener, link):
    scene = JoinScene(stage, link=link, at_once=True)
    scene.enter(0.0)
    scene.enter(1.0)
    assert len(opener.asked) == 1


def test_joining_at_once_with_a_broken_link_shows_the_sentence(stage, opener):
    scene = JoinScene(stage, link="lanternhold://join/broken", at_once=True)
    scene.enter(0.0)
    assert scene.picture(0).problem
    assert scene.picture(0).link == "lanternhold://join/broken"
    assert not opener.asked


def test_each_step_is_shown_once(scene, opener):
    scene.join(0.0)
    stay = opener.stays[0]
    for step in ("Looking", "Looking", "Knocking"):
        stay.state = Connecting(step)
        assert scene.update(0.1) is None
    assert scene.picture(0).steps[-2:] == ("Looking", "Knocking")


@pytest.mark.parametrize("state", [Failed(Problem(Fault.DNS, "No such name: ask.")), Left()])
def test_a_failure_ends_the_attempt_and_keeps_what_was_typed(scene, opener, link, state):
    scene.join(0.0)
    opener.stays[0].state = state
    assert scene.update(0.1) is None
    shown = scene.picture(0)
    assert shown.problem
    assert (shown.name, shown.link) == ("Ada", link)
    assert not shown.busy
    assert opener.stays[0].closed


def test_a_server_that_is_starting_is_waited_for(scene, opener):
    scene.join(0.0)
    opener.stays[0].state = Waiting("The server is starting.", 3.0, 1)
    scene.update(1.0)
    shown = scene.picture(1.0)
    assert shown.note == "The server is starting."
    assert "2 s" in shown.steps[-1]


def test_escape_and_the_button_stop_an_attempt(scene, opener, press, click):
    scene.join(0.0)
    press(scene, pygame.K_ESCAPE)
    assert opener.stays[0].closed
    assert not scene.picture(0).busy
    scene.join(1.0)
    click(scene, JOIN)
    assert opener.stays[1].closed


def test_typing_during_an_attempt_changes_nothing(scene, opener, type_text, link):
    scene.join(0.0)
    type_text(scene, "zzz")
    assert scene.picture(0).link == link


def test_in_means_the_play_scene_and_the_server_is_remembered(scene, opener, stage, link):
    scene.join(0.0)
    stay = opener.stays[0]
    stay.state, own = Playing(), stay.own
    stay.own = None
    assert scene.update(0.1) is None  # no look at the world yet
    stay.own = own
    assert isinstance(scene.update(0.2), PlayScene)
    assert stage.memory.servers[0].link == link
    assert stage.memory.name == "Ada"
    assert not stay.closed


def test_a_pasted_link_goes_to_its_field_in_place_of_the_old(
    stage, press, click, monkeypatch, link
):
    scene = JoinScene(stage, link="old", name="Ada")
    click(scene, NAME)
    monkeypatch.setattr(join_module, "clipboard", lambda: f"come! {link}\n")
    press(scene, pygame.K_v, mod=pygame.KMOD_LCTRL)
    shown = scene.picture(0)
    assert shown.link == f"come! {link}"
    assert shown.name == "Ada"
    assert shown.focus == "link"


def test_tab_goes_to_the_other_field(scene, press, type_text):
    press(scene, pygame.K_TAB)
    type_text(scene, "lovelace")
    assert scene.picture(0).name == "Adalovelace"


def test_a_click_on_a_server_of_before_joins_it(stage, opener, click, link):
    stage.memory.joined("Ada", "Kitchen", link)
    scene = JoinScene(stage)
    click(scene, recent_place(0))
    assert opener.asked[0][0].link() == link


def test_leaving_the_window_ends_the_attempt(scene, opener):
    scene.join(0.0)
    scene.leave()
    assert opener.stays[0].closed


def test_a_name_is_introduced_once(scene, opener):
    shown = []
    for _ in range(2):
        scene.join(0.0)
        opener.stays[-1].state = Playing()
        shown.append(scene.update(0.2).show.picture(0.3).notice)
    assert shown == ["You play as Ada; Esc to change it", ""]


def test_the_name_takes_no_more_than_a_name_may_have_and_says_so(stage, click, type_text):
    scene = JoinScene(stage, name="Ada")
    click(scene, NAME)
    assert scene.picture(0).selected
    type_text(scene, "x" * 15)
    assert (scene.picture(0).name, scene.picture(0).name_hint) == ("x" * 15, "")
    type_text(scene, "yz")
    shown = scene.picture(0)
    assert shown.name == "x" * 15 + "y"
    assert shown.name_hint == "only 16 characters fit"


def test_a_selected_link_is_replaced_and_another_field_selects_nothing(scene, press, type_text):
    press(scene, pygame.K_a, mod=pygame.KMOD_LCTRL)
    assert scene.picture(0).selected
    press(scene, pygame.K_TAB)
    press(scene, pygame.K_TAB)
    assert not scene.picture(0).selected
    press(scene, pygame.K_a, mod=pygame.KMOD_LCTRL)
    type_text(scene, "new")
    assert scene.picture(0).link == "new"


def test_escape_stops_an_attempt_and_then_closes_the_window(scene, press, screen):
    pygame.event.clear()
    press(scene, pygame.K_RETURN)
    press(scene, pygame.K_ESCAPE)
    assert not scene.picture(0).busy
    assert not pygame.event.get(pygame.QUIT)
    press(scene, pygame.K_ESCAPE)
    assert pygame.event.get(pygame.QUIT)

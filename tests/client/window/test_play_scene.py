from dataclasses import replace

import pygame
import pytest

from client.draw import menu, waiting
from client.problem import Fault, Problem
from client.scenes.join import JoinScene
from client.scenes.play import PlayScene
from client.scenes.results import ResultsScene
from client.state import Failed, Left, Playing, Waiting
from game.body import Keys
from game.events import EventKind
from game.inputs import ActKind
from game.nodes import Node, NodeKind
from protocol.hot import Happening
from protocol.messages import Chat, Notice


@pytest.fixture
def scene(show):
    scene = PlayScene(show)
    scene.enter(0.0)
    return scene


def at_home(stay):
    home = stay.round.standings[0]
    stay.own = replace(stay.own, x=home.x + 1.0, y=home.y + 1.0)


def test_held_keys_and_the_near_node_go_to_the_body(scene, stay, press):
    press(scene, pygame.K_w)
    press(scene, pygame.K_d)
    press(scene, pygame.K_e)
    scene.update(0.1)
    assert stay.held == (Keys.UP | Keys.RIGHT, stay.near)
    press(scene, pygame.K_e, up=True)
    scene.update(0.2)
    assert stay.held == (Keys.UP | Keys.RIGHT, 0)
    assert stay.polled == [0.1, 0.2]


@pytest.mark.parametrize(
    ("key", "phase", "kind", "arg"),
    [
        (pygame.K_q, "play", ActKind.DROP, 0),
        (pygame.K_g, "play", ActKind.PING, 0),
        (pygame.K_r, "lobby", ActKind.READY, 0),
        (pygame.K_t, "lobby", ActKind.TEAM, 1),
    ],
)
def test_keys_that_ask_for_something(scene, press, *, key, phase, kind, arg):
    scene.show.stay.enter_phase(phase)
    press(scene, key)
    assert scene.show.stay.acts == [(kind, arg)]


@pytest.mark.parametrize("key", [pygame.K_r, pygame.K_t])
def test_lobby_keys_do_nothing_in_a_round_but_say_why(scene, stay, show, press, key):
    press(scene, key, now=5.0)
    assert not stay.acts
    assert "lobby" in show.picture(5.1).notice
    assert show.picture(20.0).notice == ""


def test_a_hand_in_is_tentative_until_it_is_saved(scene, stay, show, press):
    at_home(stay)
    press(scene, pygame.K_f, now=1.0)
    assert stay.acts == [(ActKind.DEPOSIT, 0)]
    scene.update(1.1)
    (pending,) = show.picture(1.1).pending
    assert not pending.saved
    assert pending.points == 3 * 1 + 2 * 2 + 1 * 5
    stay.saved = 1
    scene.update(1.2)
    assert show.picture(1.2).pending[0].saved
    scene.update(9.0)
    assert not show.picture(9.0).pending


def test_a_hand_in_that_cannot_succeed_is_not_sent_but_explained(scene, stay, show, press):
    stay.own = replace(stay.own, x=3.0, y=3.0)
    press(scene, pygame.K_f, now=1.0)
    assert "follow the arrow" in show.picture(1.0).notice
    at_home(stay)
    stay.own = replace(stay.own, cargo=(0, 0, 0))
    press(scene, pygame.K_f, now=2.0)
    assert "empty" in show.picture(2.0).notice
    stay.enter_phase("countdown")
    press(scene, pygame.K_f, now=3.0)
    assert not stay.acts


@pytest.mark.parametrize(
    ("away", "said"), [(4.0, "Go closer to your lantern."), (40.0, "follow the arrow home.")]
)
def test_the_arrow_is_only_spoken_of_when_there_is_one(scene, stay, press, away, said):
    home = stay.round.standings[0]
    stay.own = replace(stay.own, x=home.x + 0.5, y=home.y + 0.5 + away)
    press(scene, pygame.K_f, now=1.0)
    assert scene.show.picture(1.0).notice.endswith(said)
    assert not stay.acts


def test_work_where_nothing_is_near_is_told_once(scene, stay, show, press):
    stay.near = 0
    press(scene, pygame.K_e, now=1.0)
    scene.update(1.0)
    assert show.picture(1.0).notice == ""
    scene.update(1.8)
    assert show.picture(1.8).notice == "Nothing to gather here."
    scene.update(9.0)
    assert show.picture(9.0).notice == "", "not again while the key stays down"
    press(scene, pygame.K_e, up=True)
    scene.update(9.1)
    press(scene, pygame.K_e)
    scene.update(9.2)
    scene.update(9.9)
    assert show.picture(9.9).notice == "Nothing to gather here."


@pytest.mark.parametrize(
    ("kind", "stock", "cargo", "said"),
    [
        (NodeKind.TREE, 0, (1, 0, 0), "Only a stump: it grows back"),
        (NodeKind.BOULDER, 0, (0, 0, 0), "Nothing left of this boulder: it grows back"),
        (NodeKind.GLIMMER, 0, (0, 0, 0), "Only stubs of glimmer: they grow back"),
        (NodeKind.TREE, 4, (8, 0, 0), "Your hands are full: carry it to your lantern."),
        (NodeKind.TREE, 0, (0, 8, 0), "Your hands are full: carry it to your lantern."),
        (NodeKind.PILE_WOOD, 0, (0, 0, 0), "Nothing to gather here."),
    ],
)
def test_work_in_vain_is_told_why(scene, stay, show, press, *, kind, stock, cargo, said):
    stay.near, stay.own = 0, replace(stay.own, x=10.5, y=11.7, cargo=cargo)
    stay.nodes = {1: Node(kind, stock, 10, 10), 2: Node(NodeKind.GLIMMER, 0, 10, 13)}
    press(scene, pygame.K_e, now=1.0)
    scene.update(1.0)
    scene.update(1.8)
    assert show.picture(1.8).notice.startswith(said)


def test_somebody_who_works_is_told_nothing(scene, stay, show, press):
    press(scene, pygame.K_e)
    for second in range(1, 5):
        scene.update(float(second))
    assert stay.near
    assert show.picture(4.0).notice == ""


def test_the_menu_leads_to_another_name(scene, stay, press, click):
    press(scene, pygame.K_ESCAPE)
    click(scene, menu.RENAME)
    following = scene.update(0.3)
    assert stay.closed
    assert (following.picture(0).focus, following.picture(0).name) == ("name", "Ada")


def test_the_menu_opens_on_the_results_and_leads_out(show, press, click, screen, monkeypatch):
    drawn, stay = [], show.stay
    monkeypatch.setattr(menu, "draw_menu", drawn.append)
    stay.enter_phase("results")
    results = ResultsScene(show)
    for shown in (0, 1, 1):
        results.draw(screen, 0.0)
        assert len(drawn) == shown
        press(results, pygame.K_ESCAPE)
    click(results, menu.LEAVE)
    assert isinstance(results.update(1.0), JoinScene)
    assert stay.closed


def test_an_open_menu_outlives_the_scene_it_was_opened_in(scene, stay, press, click):
    press(scene, pygame.K_ESCAPE)
    stay.enter_phase("results")
    results = scene.update(1.0)
    click(results, menu.LEAVE)
    assert isinstance(results.update(2.0), JoinScene)


def test_what_is_typed_is_said_and_moves_nobody(scene, stay, show, press, type_text):
    press(scene, pygame.K_w)
    press(scene, pygame.K_RETURN)
    type_text(scene, "wasd")
    press(scene, pygame.K_w)
    press(scene, pygame.K_TAB)
    scene.update(0.1)
    assert stay.held == (Keys(0), 0)
    press(scene, pygame.K_RETURN)
    assert stay.said == [("wasd", "team")]
    press(scene, pygame.K_q)
    assert stay.acts == [(ActKind.DROP, 0)]


def test_what_could_not_be_sent_stays_in_the_line(scene, stay, press, type_text):
    stay.hears = False
    press(scene, pygame.K_RETURN)
    type_text(scene, "hello")
    press(scene, pygame.K_RETURN)
    stay.hears = True
    press(scene, pygame.K_RETURN)
    assert stay.said == [("hello", "all"), ("hello", "all")]


def test_the_chat_line_says_when_it_is_nearly_full(scene, show, press, type_text, screen):
    press(scene, pygame.K_RETURN)
    type_text(scene, "x" * 149)
    assert show.picture(0.0, typing=scene._typing).typing_limit == ""
    type_text(scene, "x" * 51)
    assert show.picture(0.0, typing=scene._typing).typing_limit == "200 of 200"
    type_text(scene, "x")
    assert show.picture(0.0, typing=scene._typing).typing_limit == "only 200 fit"
    scene.draw(screen, 0.0)


def test_escape_closes_the_line_without_saying_it(scene, stay, press, type_text):
    press(scene, pygame.K_RETURN)
    type_text(scene, "hello")
    press(scene, pygame.K_ESCAPE)
    press(scene, pygame.K_RETURN)
    press(scene, pygame.K_RETURN)
    assert stay.said == []


def test_chat_is_shown_with_the_name_of_its_speaker_even_after_they_left(scene, stay, show):
    stay.chat.append(Chat(eid=3, channel="all", text="bye"))
    scene.update(1.0)
    del stay.roster[3]
    stay.chat.append(Chat(eid=0, channel="all", text="restart soon"))
    scene.update(2.0)
    scene.update(3.0)
    said = [(line.name, line.text, line.age_s) for line in show.picture(3.0).chat]
    assert said == [("Chloé", "bye", 2.0), ("", "restart soon", 1.0)]


def test_notices_are_shown_for_a_while(scene, stay, show):
    stay.notices.append(Notice(code="restart", text="The server restarts.", seconds=10))
    scene.update(1.0)
    assert show.picture(2.0).notice == "The server restarts."
    assert show.picture(12.0).notice == ""


def test_the_menu_takes_the_keys_and_leads_out(scene, stay, press, click, link):
    press(scene, pygame.K_ESCAPE)
    press(scene, pygame.K_w)
    scene.update(0.1)
    assert stay.held == (Keys(0), 0)
    click(scene, menu.STAY)
    press(scene, pygame.K_w)
    scene.update(0.2)
    assert stay.held == (Keys.UP, 0)
    press(scene, pygame.K_ESCAPE)
    click(scene, menu.LEAVE)
    following = scene.update(0.3)
    assert isinstance(following, JoinScene)
    assert stay.closed
    assert following.picture(0).link == link
    assert following.picture(0).problem == ""


def test_a_lost_line_shows_why_and_offers_two_ways(scene, stay, show, press, click):
    stay.state = Waiting("The connection broke.", 5.0, 2)
    scene.update(1.0)
    trouble = show.picture(1.0).trouble
    assert (trouble.reason, trouble.attempt, trouble.seconds) == ("The connection broke.", 2, 4.0)
    press(scene, pygame.K_RETURN, now=1.5)
    click(scene, waiting.RETRY, now=1.6)
    assert stay.retried == [1.5, 1.6]
    click(scene, waiting.LEAVE)
    assert isinstance(scene.update(2.0), JoinScene)
    assert stay.closed


def test_the_clock_stands_open_while_the_line_is_lost(scene, stay, show):
    """A server that stands still would be seen to jump back."""
    assert show.picture(0.5).seconds_left == stay.seconds_left > 0
    stay.state = Waiting("The connection broke.", 5.0, 2)
    assert show.picture(1.0).seconds_left is None
    stay.state = Playing(resumed=True)
    assert show.picture(2.0).seconds_left == stay.seconds_left


def test_who_is_back_is_told_so_once(scene, stay, show):
    assert show.picture(0.5).notice == ""
    stay.state = Waiting("The connection broke.", 5.0, 2)
    show.tell("The server restarts.", 0.9)
    scene.update(1.0)
    assert show.picture(1.0).notice == "", "the box says why; one sentence is enough"
    stay.state = Playing(resumed=True)
    scene.update(2.0)
    assert show.picture(2.0).notice == "You are back."
    scene.update(9.0)
    assert show.picture(9.0).notice == ""


def test_a_silent_line_is_shown_while_the_game_goes_on(scene, stay, show, press, screen):
    stay.stalled = True
    press(scene, pygame.K_w)
    scene.update(1.0)
    scene.draw(screen, 1.0)
    assert show.picture(1.0).trouble.is_stalled
    assert stay.held == (Keys.UP, 0)


def test_no_key_is_stuck_after_a_lost_line(scene, stay, press):
    press(scene, pygame.K_w)
    stay.state = Waiting("The connection broke.", 5.0, 2)
    press(scene, pygame.K_a)
    scene.update(1.0)
    assert stay.held == (Keys(0), 0)


def test_the_end_of_the_stay_is_told_on_the_first_screen(scene, stay, link):
    stay.state = Failed(Problem(Fault.REJECTED, "The host has removed you."))
    following = scene.update(1.0)
    shown = following.picture(1.0)
    assert shown.problem == "The host has removed you."
    assert (shown.link, shown.name) == (link, "Ada")
    assert stay.closed


def test_a_stay_that_ended_by_itself_leads_out(scene, stay):
    stay.state = Left()
    assert isinstance(scene.update(1.0), JoinScene)


def test_results_follow_the_round_and_the_lobby_follows_them(scene, stay, stage, screen):
    assert scene.update(1.0) is None
    stay.enter_phase("results")
    results = scene.update(2.0)
    assert isinstance(results, ResultsScene)
    results.enter(2.0)
    results.draw(screen, 2.0)
    assert results.update(3.0) is None
    stay.enter_phase("lobby")
    assert isinstance(results.update(4.0), PlayScene)


def test_results_survive_a_lost_line(show, stay, press, screen):
    stay.enter_phase("results")
    results = ResultsScene(show)
    stay.state = Waiting("The connection broke.", 5.0, 1)
    press(results, pygame.K_RETURN, now=1.0)
    results.draw(screen, 1.0)
    assert stay.retried == [1.0]
    press(results, pygame.K_ESCAPE)
    assert isinstance(results.update(2.0), JoinScene)


def test_function_keys(scene, show, press):
    press(scene, pygame.K_F3)
    assert show.picture(0).shows_graph
    muted = show.picture(0).muted
    press(scene, pygame.K_m)
    assert show.picture(0).muted is not muted


@pytest.mark.parametrize("kind", list(EventKind))
def test_every_happening_can_be_shown(scene, stay, screen, kind):
    for eid in (0, 1, 4, 999):
        for other, amount in ((0, 0), (1, 2), (60_000, 9), (65_535, 65_535)):
            stay.happenings.append(Happening(kind, eid, other, amount))
    scene.update(1.0)
    scene.draw(screen, 1.0)
    assert not stay.happenings


def test_before_anything_is_known_nothing_is_drawn(scene, stay, screen):
    stay.round = None
    scene.update(1.0)
    scene.draw(screen, 1.0)
    assert screen.get_at((400, 300))[:3] == (0, 0, 0)

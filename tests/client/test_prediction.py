from copy import copy

import pytest

from client.ground import Ground
from client.prediction import HISTORY_MAX, Prediction
from game import avatar
from game.body import Body, Command, Keys
from game.inputs import ActKind
from game.nodes import TRAITS, NodeKind
from game.rules import UNIT, Rules
from game.terrain import Tile
from protocol.hot import Cell, NodeView

RULES = Rules(map_tiles=64)
RUN = Command(Keys.RIGHT)
START = Body(5 * UNIT, 5 * UNIT)
WORK = Command(0, 1)


GRASS = bytes([Tile.GRASS] * 256)


def world(stock=4):
    ground = Ground(RULES)
    ground.learn([Cell(0, 0, 1, GRASS, (NodeView(1, NodeKind.TREE, stock, 5, 5),))])
    return ground


def begin(body=START, seq=10, stock=4):
    prediction = Prediction(body, seq, RULES, world(stock))
    prediction.gathers = True
    prediction.lantern = (5, 5)
    return prediction


class Server:
    """The other half: the same step on a world of its own."""

    def __init__(self, body=START, stock=4):
        self.body, self.ground = copy(body), world(stock)

    def do(self, *commands, gathers=True):
        for command in commands:
            avatar.step(self.body, command, self.ground.terrain, self.ground.nodes, RULES, gathers)
        return copy(self.body)


def test_commands_are_numbered_from_where_the_server_stands():
    prediction = begin(seq=41)
    assert [prediction.command(RUN), prediction.command(RUN)] == [42, 43]


def test_the_body_moves_at_once_and_the_server_agrees():
    prediction, server = begin(), Server()
    for _ in range(5):
        prediction.command(RUN)
    assert prediction.body.x > START.x
    assert prediction.confirm(13, server.do(RUN, RUN, RUN))
    assert prediction.unanswered == 2
    assert prediction.mispredictions == 0
    assert prediction.body == server.do(RUN, RUN)


def test_a_wrong_prediction_takes_the_servers_body_and_replays_the_rest():
    prediction, server = begin(), Server()
    for _ in range(5):
        prediction.command(RUN)
    server.body.y += UNIT
    expected_x = prediction.body.x
    assert not prediction.confirm(12, server.do(RUN, RUN))
    assert prediction.mispredictions == 1
    assert (prediction.body.x, prediction.body.y) == (expected_x, START.y + UNIT)
    assert prediction.take_slip() == (0, -UNIT)
    assert prediction.take_slip() == (0, 0)
    assert prediction.confirm(15, server.do(RUN, RUN, RUN))


def test_a_teleport_is_believed_and_not_counted():
    prediction, server = begin(), Server()
    prediction.command(RUN)
    server.do(RUN)
    server.body.x, server.body.warp = 20 * UNIT, 1
    assert prediction.confirm(11, server.body)
    assert prediction.mispredictions == 0
    assert prediction.body.x == 20 * UNIT


def test_the_same_number_told_again_is_compared_again():
    prediction, server = begin(), Server()
    prediction.command(RUN)
    body = server.do(RUN)
    assert prediction.confirm(11, body)
    assert prediction.confirm(11, copy(body))
    bitten = copy(body)
    bitten.cargo = (1, 0, 0)
    assert not prediction.confirm(11, bitten)


def test_an_act_may_be_seen_before_or_after_the_command_it_follows():
    loaded = Body(5 * UNIT, 5 * UNIT, cargo=(2, 0, 0))
    for is_told_with_it in (False, True):
        prediction = begin(loaded)
        server = Server(loaded)
        prediction.command(RUN)
        assert prediction.act(ActKind.DEPOSIT)
        assert prediction.body.cargo == (0, 0, 0)
        prediction.command(RUN)
        body = server.do(RUN)
        if is_told_with_it:
            body.cargo = (0, 0, 0)
        assert prediction.confirm(11, body)
        server.body.cargo = (0, 0, 0)
        assert prediction.confirm(12, server.do(RUN))
        assert prediction.mispredictions == 0


def test_a_deposit_that_the_server_did_not_do_is_taken_back():
    loaded = Body(5 * UNIT, 5 * UNIT, cargo=(2, 0, 0))
    prediction, server = begin(loaded), Server(loaded)
    prediction.command(RUN)
    prediction.act(ActKind.DEPOSIT)
    prediction.command(RUN)
    server.do(RUN, RUN)
    assert not prediction.confirm(12, server.body)
    assert prediction.body.cargo == (2, 0, 0)


@pytest.mark.parametrize("asked_after", [0, 1, 2])
def test_acts_are_replayed_where_they_stood(asked_after):
    loaded = Body(5 * UNIT, 5 * UNIT, cargo=(2, 0, 0))
    prediction, server = begin(loaded), Server(loaded)
    for number in range(3):
        prediction.command(RUN)
        if number == asked_after:
            prediction.act(ActKind.DROP)
    server.body.y += UNIT
    assert not prediction.confirm(11, server.do(RUN))
    assert prediction.body.cargo == (0, 0, 0)
    for number in range(1, 3):
        if number == asked_after + 1:
            server.body.cargo = (0, 0, 0)
        server.do(RUN)
    if asked_after == 2:
        server.body.cargo = (0, 0, 0)
    assert prediction.body == server.body
    assert prediction.confirm(13, server.body)


def test_a_deposit_out_of_reach_or_out_of_play_changes_nothing():
    loaded = Body(5 * UNIT, 5 * UNIT, cargo=(2, 0, 0))
    far = begin(loaded)
    far.lantern = (12, 12)
    early = begin(loaded)
    early.gathers = False
    assert not far.act(ActKind.DEPOSIT)
    assert not early.act(ActKind.DEPOSIT)
    assert early.act(ActKind.DROP), "dropping is allowed at any time"


def test_what_was_taken_is_missing_here_before_the_server_says_so():
    prediction, server = begin(stock=1), Server(stock=1)
    work_ticks = RULES.ticks(TRAITS[NodeKind.TREE].work_ms)
    for _ in range(work_ticks):
        prediction.command(WORK)
    assert prediction.body.cargo == (1, 0, 0)
    assert prediction._ground.nodes[1].stock == 0
    prediction._ground.learn([Cell(0, 0, 1, GRASS, (NodeView(1, NodeKind.TREE, 1, 5, 5),))])
    assert prediction.confirm(10 + work_ticks - 1, server.do(*[WORK] * (work_ticks - 1)))
    assert prediction._ground.nodes[1].stock == 0, "foreseen on top of what the server told"
    prediction._ground.learn([Cell(0, 0, 2, None, (NodeView(1, NodeKind.TREE, 0, 5, 5),))])
    assert prediction.confirm(10 + work_ticks, server.do(WORK))
    assert prediction._ground.nodes[1].stock == 0


def test_somebody_else_was_quicker():
    prediction, server = begin(stock=1), Server(stock=1)
    server.ground.nodes[1].stock = 0
    work_ticks = RULES.ticks(TRAITS[NodeKind.TREE].work_ms)
    for _ in range(work_ticks):
        prediction.command(WORK)
    prediction._ground.learn([Cell(0, 0, 2, None, (NodeView(1, NodeKind.TREE, 0, 5, 5),))])
    assert not prediction.confirm(10 + work_ticks, server.do(*[WORK] * work_ticks))
    assert prediction.body.cargo == (0, 0, 0)


def test_news_older_than_what_is_known_is_nothing():
    prediction, server = begin(), Server()
    prediction.command(RUN)
    assert prediction.confirm(11, server.do(RUN))
    assert prediction.confirm(4, Body(1, 1))
    assert prediction.body == server.body


def test_a_number_that_was_never_sent_is_believed():
    prediction = begin()
    prediction.command(RUN)
    assert not prediction.confirm(99, Body(7 * UNIT, 7 * UNIT))
    assert prediction.body == Body(7 * UNIT, 7 * UNIT)
    assert prediction.command(RUN) == 100


def test_a_server_that_never_answers_costs_no_endless_memory():
    prediction = begin()
    for _ in range(HISTORY_MAX + 50):
        prediction.command(RUN)
    assert prediction.unanswered == HISTORY_MAX

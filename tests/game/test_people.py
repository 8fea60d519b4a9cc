import pytest

from game.body import Command
from game.events import Event, EventKind
from game.inputs import Act, ActKind, Close, Commands, Join, Leave, Presence
from game.nodes import NodeKind
from game.rules import UNIT
from game.state import Phase

WOOD = NodeKind.TREE


def kinds(events):
    return [e.kind for e in events]


def tree(table, tx, ty):
    world = table.world
    nid = world.ground.next_nid
    world.spawn(world.ground.add(WOOD, tx, ty))
    return nid


def test_commands_move_a_body_one_step_each_and_are_counted(arena):
    table = arena()
    table.join(1)
    body = table.put(1, 30, 30)
    x = body.x
    table.world.step([Commands(1, 7, (Command(8), Command(8)))])
    assert body.x - x == 2 * table.rules.step(table.rules.speed)
    assert table.world.players[1].last_seq == 7
    table.world.step([])
    assert body.x - x == 2 * table.rules.step(table.rules.speed)


@pytest.mark.parametrize("seq", [7, 6, 0, -1, 1 << 32])
def test_commands_that_were_applied_or_cannot_be_are_not_applied(arena, seq):
    table = arena()
    table.join(1)
    body = table.put(1, 30, 30)
    table.world.step([Commands(1, 7, ())])
    at = (body.x, body.y)
    table.world.step([Commands(1, seq, (Command(8),))])
    assert (body.x, body.y) == at
    assert table.world.players[1].last_seq == 7


def test_gathering_is_told_and_the_node_grows_back(arena):
    table = arena()
    world = table.world
    table.join(1)
    table.put(1, 30, 30)
    nid = tree(table, 30, 31)
    full = world.nodes[nid].stock
    told = []
    while not told:
        told = world.step([table.keys(1, 0, nid)])
        assert (nid in world.changed_nodes) == bool(told)
    body = world.players[1].body
    assert told == [Event(EventKind.TOOK, 1, nid, 0, body.x, body.y)]
    assert (world.nodes[nid].stock, body.cargo) == (full - 1, (1, 0, 0))
    for _ in range(world.rules.ticks(25_000)):
        assert world.nodes[nid].stock == full - 1
        world.step([])
    assert world.nodes[nid].stock == full
    assert world.changed_nodes == {nid}


def test_picking_up_the_last_of_a_pile_removes_it(arena):
    table = arena()
    world = table.world
    table.join(1)
    table.put(1, 30, 30, (0, 0, 1))
    world.step([table.act(1, ActKind.DROP)])
    (nid,) = world.nodes
    assert world.changed_nodes == {nid}
    while world.nodes:
        world.step([table.keys(1, 0, nid)])
    assert world.removed == {nid: (30, 30)}
    assert world.changed_nodes == set()
    assert world.players[1].body.cargo == (0, 0, 1)
    world.step([table.keys(1, 0, nid)])
    assert world.removed == {}


def test_a_dash_is_told_once(arena):
    table = arena()
    table.join(1)
    table.put(1, 30, 30)
    told = [kinds(table.world.step([table.keys(1, 16)])) for _ in range(10)]
    assert told == [[EventKind.DASHED]] + [[]] * 9


def test_joining_stands_beside_the_lantern_and_is_told(table):
    made = table()
    player = made.join(5, 1, is_bot=True)
    lamp = made.world.lanterns[1]
    assert (player.name, player.team, player.is_bot, player.away) == ("p5", 1, True, False)
    assert max(abs(player.body.x - lamp.x), abs(player.body.y - lamp.y)) <= 2 * UNIT
    assert next((e.kind, e.eid, e.other) for e in made.world.events) == (EventKind.JOINED, 5, 1)


@pytest.mark.parametrize(
    "join",
    [
        Join(5, "again"),
        Join(0, "zero"),
        Join(-1, "less"),
        Join(60_000, "moth"),
        Join(6, ""),
        Join(6, "x" * 17),
        Join(6, "\udcff"),
    ],
)
def test_who_cannot_join_is_ignored(table, join):
    made = table()
    made.join(5)
    before = made.world.players[5].body.warp
    made.world.step([join])
    assert list(made.world.players) == [5]
    assert made.world.players[5].body.warp == before


def test_a_team_that_is_not_there_is_chosen_for_you(table):
    made = table()
    assert made.join(1, 0).team == 0
    assert made.join(2, 7).team == 1
    assert made.join(3, -5).team in (0, 1)


def test_leaving_drops_everything(arena):
    table = arena()
    table.join(1)
    table.put(1, 30, 30, (1, 2, 0))
    told = table.world.step([Leave(1)])
    assert (EventKind.LEFT, 1) in [(e.kind, e.eid) for e in told]
    assert not table.world.players
    assert table.world.ground.contents() == (1, 2, 0)
    assert {(n.tx, n.ty) for n in table.world.nodes.values()} == {(30, 30)}


def test_handing_in_scores_for_player_and_team(arena):
    table = arena()
    world = table.world
    table.join(1, 0)
    table.put(1, 6, 6, (2, 2, 2))
    wood = world.lanterns[0].stock[0]
    told = world.step([table.act(1, ActKind.DEPOSIT)])
    assert [(e.kind, e.other, e.amount) for e in told] == [(EventKind.DEPOSITED, 0, 16)]
    assert world.players[1].score == world.lanterns[0].score == 16
    assert world.lanterns[0].stock == (wood + 2, 2, 2)
    assert world.step([table.act(1, ActKind.DEPOSIT)]) == []


def test_a_level_is_told_and_its_stone_is_used_up(arena):
    table = arena()
    world = table.world
    table.join(1, 0)
    per = table.rules.stone_per_level
    table.put(1, 6, 6, (0, per, 0))
    told = world.step([table.act(1, ActKind.DEPOSIT)])
    assert (EventKind.LEVEL_UP, 0, 2) in [(e.kind, e.other, e.amount) for e in told]
    assert world.burnt == (0, per, 0)


def test_nothing_is_handed_in_far_away_at_the_wrong_lantern_or_outside_play(arena):
    table = arena()
    world = table.world
    table.join(1, 0)
    for tx, ty, phase in ((30, 30, Phase.PLAY), (58, 57, Phase.PLAY), (6, 6, Phase.RESULTS)):
        table.put(1, tx, ty, (1, 0, 0))
        world.phase = phase
        world.step([table.act(1, ActKind.DEPOSIT)])
        assert world.players[1].score == 0
        assert world.players[1].body.load == 1


def test_an_act_is_done_once_even_if_it_came_to_nothing(arena):
    table = arena()
    world = table.world
    table.join(1, 0)
    table.put(1, 30, 30, (1, 0, 0))
    act = table.act(1, ActKind.DEPOSIT)
    world.step([act])
    table.put(1, 6, 6, (1, 0, 0))
    assert world.step([act]) == []
    assert world.players[1].last_act == act.act_id
    assert world.players[1].body.load == 1


@pytest.mark.parametrize("act_id", [0, -3, 1 << 32])
def test_an_act_without_a_proper_number_is_not_done(arena, act_id):
    table = arena()
    table.join(1, 0)
    table.put(1, 30, 30, (1, 0, 0))
    table.world.step([Act(1, act_id, ActKind.DROP)])
    assert table.world.players[1].body.load == 1
    assert table.world.players[1].last_act == 0


@pytest.mark.parametrize(
    ("kind", "arg"), [(9, 0), (0, 0), (ActKind.PING, -1), (ActKind.PING, 70_000)]
)
def test_an_act_of_no_sense_is_counted_and_does_nothing(arena, kind, arg):
    table = arena()
    table.join(1, 0)
    assert table.world.step([Act(1, 3, kind, arg)]) == []
    assert table.world.players[1].last_act == 3


def test_dropping_and_pointing_are_told(arena):
    table = arena()
    table.join(1, 0)
    body = table.put(1, 30, 30, (1, 0, 1))
    told = table.world.step([table.act(1, ActKind.DROP)])
    assert told == [Event(EventKind.DROPPED, 1, 0, 2, body.x, body.y)]
    assert table.world.step([table.act(1, ActKind.DROP)]) == []
    told = table.world.step([table.act(1, ActKind.PING, 65_535)])
    assert told == [Event(EventKind.POINTED, 1, 65_535, 0, body.x, body.y)]


def test_acts_and_commands_apply_in_their_order(arena):
    table = arena()
    table.join(1, 0)
    table.put(1, 30, 30, (1, 0, 0))
    world = table.world
    step = table.rules.step(table.rules.speed)
    inputs = [
        Commands(1, 1, (Command(8),)),
        table.act(1, ActKind.DROP),
        Commands(1, 2, (Command(8),)),
    ]
    x = world.players[1].body.x
    world.step(inputs)
    assert world.players[1].body.x - x == step * 15 // 16 + step


def test_a_team_is_changed_in_the_lobby_only(table):
    made = table(lobby_ms=60_000)
    player = made.join(1, 0)
    warp = player.body.warp
    made.world.step([made.act(1, ActKind.TEAM, 1)])
    assert (player.team, player.body.warp) == (1, warp + 1)
    for arg in (1, 2, 9):
        made.world.step([made.act(1, ActKind.TEAM, arg)])
        assert (player.team, player.body.warp) == (1, warp + 1)
    made.world.step([Close()])
    made.world.step([made.act(1, ActKind.TEAM, 0)])
    assert player.team == 1


def test_strangers_are_ignored(table):
    made = table()
    strangers = [
        Leave(9),
        Presence(9, True),
        Commands(9, 1, (Command(8),)),
        Act(9, 1, ActKind.DROP),
        "no input at all",
    ]
    assert made.world.step(strangers) == []
    assert not made.world.players


def test_presence_is_noted(table):
    made = table()
    player = made.join(1)
    made.world.step([Presence(1, True)])
    assert player.away
    made.world.step([Presence(1, False)])
    assert not player.away

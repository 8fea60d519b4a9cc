"""Every number of the game, in one frozen value; its hash tells two versions of the rules apart."""

import hashlib
from enum import StrEnum
from functools import cached_property
from typing import Final

import msgspec

from game.strides import Strides

UNIT: Final = 65_536
"""Position units in one tile."""

TICK_RATES: Final = (20, 30, 60)
"""Ticks per second a world may run at."""


BEHAVIOUR: Final = 3
"""Raise it when equal rules, seed and inputs make another world than before (see
tests/game/test_golden.py and tests/recordings): then no older log is replayed."""


class Mode(StrEnum):
    """What is played."""

    RUSH = "rush"  # rounds between teams, for a party
    VILLAGE = "village"  # one team, one lantern, no end: for a household


class Rules(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The tuning of one world. Speeds are units per second and multiples of 60 (decision 010)."""

    tick_hz: int = 30
    mode: Mode = Mode.RUSH
    teams: int = 2
    map_tiles: int = 128  # a side; even, at least game.generation.SIZE_MIN
    cell_tiles: int = 16

    # rounds
    min_players: int = 1
    lobby_ms: int = 30_000  # the longest wait for people who do not say that they are ready
    countdown_ms: int = 5_000
    round_ms: int = 300_000
    results_ms: int = 15_000

    # motion
    speed: int = 307_200  # 4.7 tiles a second, empty-handed
    load_steps: int = 16  # each item carried takes 1/16 of the speed
    path_eases: int = 2  # items that weigh nothing on paths and bridges
    dash_factor: int = 2
    dash_ms: int = 200
    dash_wait_ms: int = 2_000  # from the start of one dash to the next
    half_width: int = 22_528  # 0.34 tile: a body is a square of twice this

    # carrying
    cargo: int = 8  # items a body can carry
    reach: int = 98_304  # 1.5 tiles, between centres: gathering and picking up
    lantern_reach: int = 163_840  # 2.5 tiles: handing in

    # moths and rivals
    moths: int = 6
    moth_speed: int = 184_320
    moth_sight: int = 524_288  # 8 tiles
    moth_rest_ms: int = 6_000  # after it made somebody drop an item
    shaken_ms: int = 1_500  # who has just lost cargo cannot lose more
    felt_ms: int = 800  # and walks as if it were still carried (decision 015)
    touch: int = 45_056  # 0.69 tile between centres: a dash or a moth has met a body

    # the falling star
    star_every_ms: int = 90_000  # 0: none ever
    star_warning_ms: int = 20_000
    star_glimmer: int = 10

    # the lantern
    fuel_start: int = 16  # wood in stock when a round begins
    burn_ms: int = 6_000  # one wood is burnt in this time; in less where more people live
    fuel_low: int = 5  # wood left when the alarm is given
    ember: int = 32  # light is in 1/16 tile: what glows without any fuel
    light_base: int = 48
    light_per_level: int = 16
    light_per_wood: int = 110  # under a square root: the first pieces count most
    light_max: int = 240
    stone_per_level: int = 16
    level_max: int = 5

    def team_count(self) -> int:
        """The teams that play: one in a village, else two to four."""
        return 1 if self.mode is Mode.VILLAGE else min(max(self.teams, 2), 4)

    def step(self, speed: int) -> int:
        """The units that `speed` (units per second) makes in one tick; exact at all TICK_RATES."""
        return speed // self.tick_hz

    def ticks(self, milliseconds: int) -> int:
        """The ticks that `milliseconds` take, rounded up."""
        return -(-milliseconds * self.tick_hz // 1000)

    @cached_property
    def strides(self) -> Strides:
        """How far a body goes in one tick, by the way it walks; kept, for all ask for it."""
        return Strides(self)

    def hash(self) -> str:
        """16 hex digits that differ when any rule, or what the code makes of them, differs."""
        told = msgspec.json.encode((BEHAVIOUR, self), order="deterministic")
        return hashlib.sha256(told).hexdigest()[:16]

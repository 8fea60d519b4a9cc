"""The colours of dusk, and how a team is told from another: colour, shape and letter together."""

from dataclasses import dataclass
from typing import Final, Literal

Colour = tuple[int, int, int]
Shape = Literal["triangle", "square", "circle", "diamond"]

INK: Final[Colour] = (24, 20, 38)
"""The outline of everything that stands up from the ground."""

NIGHT: Final[Colour] = (17, 16, 30)
FOG: Final[Colour] = (34, 32, 54)
PANEL: Final[Colour] = (24, 22, 40)
PANEL_EDGE: Final[Colour] = (84, 76, 116)
PAPER: Final[Colour] = (243, 233, 212)
FADED: Final[Colour] = (168, 160, 178)
AMBER: Final[Colour] = (255, 200, 104)
GOOD: Final[Colour] = (140, 220, 150)
WARN: Final[Colour] = (255, 176, 84)
BAD: Final[Colour] = (255, 118, 108)
GLIMMER: Final[Colour] = (138, 232, 240)
WOOD: Final[Colour] = (176, 118, 70)
STONE: Final[Colour] = (158, 162, 176)

DUSK: Final[Colour] = (88, 88, 142)
"""What the dark multiplies every pixel by."""


@dataclass(frozen=True, slots=True)
class TeamStyle:
    """How one team looks; the colours are told apart by all common kinds of colour blindness."""

    name: str
    letter: str
    shape: Shape
    colour: Colour

    @property
    def dark(self) -> Colour:
        """The same hue for the side that lies in shade."""
        return shade(self.colour, 0.62)

    @property
    def light(self) -> Colour:
        """The same hue for the side that faces the light."""
        return mixed(self.colour, PAPER, 0.45)


_TEAMS: Final = (
    TeamStyle("Ember", "E", "triangle", (240, 140, 44)),
    TeamStyle("Tide", "T", "square", (84, 178, 240)),
    TeamStyle("Moss", "M", "circle", (60, 190, 130)),
    TeamStyle("Rose", "R", "diamond", (224, 124, 184)),
)
NOBODY: Final = TeamStyle("no team", "-", "circle", FADED)


def team_style(team: int) -> TeamStyle:
    """The look of team `team`; a team that is none (-1) is grey."""
    return _TEAMS[team % len(_TEAMS)] if team >= 0 else NOBODY


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with `share` (0..1) of `other` in it."""
    keep = 1.0 - share
    return (
        round(one[0] * keep + other[0] * share),
        round(one[1] * keep + other[1] * share),
        round(one[2] * keep + other[2] * share),
    )


def shade(colour: Colour, factor: float) -> Colour:
    """`colour` darker (factor < 1) or brighter, kept in range."""
    red, green, blue = (min(255, max(0, round(part * factor))) for part in colour)
    return red, green, blue

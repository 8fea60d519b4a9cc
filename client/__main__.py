"""`python -m client [LINK]`: the window; with a link it joins straight away."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from client import network
from client.network import NetworkError
from client.settings import Settings, SettingsError, read

_NO_SCREEN: Final = "There is no screen here. Run this on the computer you play on."
_WITHOUT_SCREEN: Final = ("dummy", "offscreen", "evdev")
"""What SDL falls back to: a game that nobody sees, and a player who only stands about."""
_INTERRUPTED: Final = 130
_EXAMPLE: Final = "example: python -m client lanternhold://join/AbCd..."


def main(
    arguments: Sequence[str] | None = None, environment: Mapping[str, str] | None = None
) -> int:
    """Open the window.

    Returns 0 after play, 1 without a screen, 2 when it cannot be opened, 130 at Ctrl-C.
    """
    parser = argparse.ArgumentParser(
        prog="python -m client", description="Join a Lanternhold world.", epilog=_EXAMPLE
    )
    parser.add_argument("link", nargs="*", help="the invite you were sent, lanternhold://join/...")
    parser.add_argument("--network", metavar="LINE", help=f"a bad line to try out: {network.HELP}")
    given = parser.parse_args(arguments)
    try:
        settings = read(os.environ if environment is None else environment)
        if given.network is not None:
            settings = replace(settings, network=network.parse(given.network))
    except NetworkError as error:
        return _refuse(f"--network: {error}")
    except SettingsError as error:
        return _refuse(str(error))
    if not _may_have_screen(settings, sys.platform):
        return _refuse(_NO_SCREEN, 1)
    try:
        return _run_window(settings, " ".join(given.link) or settings.invite)
    except KeyboardInterrupt:  # from the terminal behind the window
        return _refuse("Stopped.", _INTERRUPTED)


def _run_window(settings: Settings, link: str) -> int:
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    # Art made of curves looks better softened than with doubled pixels.
    os.environ.setdefault("SDL_RENDER_SCALE_QUALITY", "best")
    try:
        import pygame  # noqa: PLC0415 - only a player needs it; the sentence below says how
    except ImportError:
        return _refuse("The window needs pygame-ce: run `python -m pip install '.[client]'`.")
    from client.app import App  # noqa: PLC0415 - needs pygame

    try:
        app = App(settings, link)
    except pygame.error as error:
        return _refuse(f"No window can be opened here ({error}); start it on a desktop.")
    if pygame.display.get_driver() in _WITHOUT_SCREEN and not settings.driver:
        pygame.quit()  # nothing has joined yet
        return _refuse(_NO_SCREEN, 1)
    app.run()
    return 0


def _may_have_screen(settings: Settings, platform: str) -> bool:
    """Whether a window is worth trying; a driver that somebody chose is always tried."""
    return bool(settings.driver or settings.display) or platform != "linux"


def _refuse(sentence: str, code: int = 2) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())

"""`python -m client [LINK]`: the window; with a link it joins straight away."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from client.settings import Settings, SettingsError, read

_EXAMPLE: Final = "example: python -m client lanternhold://join/AbCd..."


def main(
    arguments: Sequence[str] | None = None, environment: Mapping[str, str] | None = None
) -> int:
    """Open the window. Returns 0 after play, 2 when the settings or the machine do not allow it."""
    parser = argparse.ArgumentParser(
        prog="python -m client", description="Join a Lanternhold world.", epilog=_EXAMPLE
    )
    parser.add_argument("link", nargs="*", help="the invite you were sent, lanternhold://join/...")
    given = parser.parse_args(arguments)
    try:
        settings = read(os.environ if environment is None else environment)
    except SettingsError as error:
        return _refuse(str(error))
    return _run_window(settings, " ".join(given.link) or settings.invite)


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
    app.run()
    return 0


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())

"""The last minute of a real server: on request, after a kill -9, and after a bug in a rule."""

import json
import signal
import sys

import pytest

from game import people
from game.body import Command, Keys
from game.inputs import Commands
from protocol.codec import encode
from protocol.conversation import ClientConversation
from protocol.hot import Input, Snap
from protocol.messages import Welcome
from server.__main__ import main
from support.running import Running

pytestmark = pytest.mark.slow

DASH = int(Keys.DASH)
# A rule that was written wrongly: the whole world ends with the first dash.
BUGGY = """
import sys
from game import people
from game.body import Keys
from game.inputs import Commands
from server.__main__ import main

receive = people.receive

def faulty(world, inputs):
    given = [i for i in inputs if isinstance(i, Commands)]
    if any(c.keys & Keys.DASH for i in given for c in i.commands):
        raise KeyError("no such moth")
    return receive(world, inputs)

people.receive = faulty
sys.exit(main())
"""


@pytest.fixture
def start(tmp_path):
    """Starts a server; it is gone afterwards."""
    made = []

    def start(**options):
        made.append(Running(tmp_path, map_tiles=64, **options).start())
        return made[-1]

    yield start
    for server in made:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait(10)


async def walk(server, *keys):
    """A guest gives these commands, and sees each applied."""
    async with server.guest(ClientConversation(), "Ann", server.secret) as guest:
        await guest.until(Welcome)
        seen = 0
        for seq, key in enumerate(keys, 1):
            await guest.line.send(encode(Input(seq, (Command(key),), seen, 0)))
            if not key & DASH:
                seen = (await guest.until(Snap)).tick
        if keys[-1] & DASH:
            await guest.until_closed()


def replayed(capsys, *words):
    """What the command says: (exit code, object)."""
    capsys.readouterr()
    code = main(["replay", *map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


async def test_on_request_while_it_runs_and_goes_on(start, capsys):
    server = start()
    await walk(server, *[8] * 20)
    token = (server.folder / "admin.token").read_text().strip()
    status, body = server.get("/admin/record", body=b"{}", Authorization=f"Bearer {token}")
    said = json.loads(body)
    assert status == 200
    path = server.folder / "recordings" / said["file"]
    assert path.stat().st_size == said["bytes"]
    code, facts = replayed(capsys, path)
    assert (code, facts["verdict"]) == (0, "same")
    assert facts["last"] >= 20
    code, facts = replayed(capsys, server.folder)  # and its folder, which it goes on writing
    assert (code, facts["verdict"]) == (0, "same")
    assert server.stop() == 0
    code, stopped = replayed(capsys, server.folder)
    assert (code, stopped["verdict"], stopped["last"] > facts["last"]) == (0, "same", True)


async def test_after_a_kill_the_folder_is_the_recording(start, capsys):
    server = start()
    await walk(server, *[8] * 40)
    server.stop(signal.SIGKILL)
    code, facts = replayed(capsys, server.folder)
    assert (code, facts["verdict"]) == (0, "same")
    start().stop(signal.SIGKILL)
    code, after = replayed(capsys, server.folder)
    assert (code, after["verdict"], after["start"]) == (0, "same", facts["start"])


async def test_a_bug_in_a_rule_comes_back_from_the_file_that_it_left(start, capsys, monkeypatch):
    server = start(program=("-c", BUGGY))
    await walk(server, *[8] * 10, 8 | DASH)
    assert server.process.wait(10) == 1
    text = server.log_file.read_text()
    assert "the last minute is recorded" in text
    assert "KeyError: 'no such moth'" in text
    (path,) = (server.folder / "recordings").iterdir()
    assert path.name.startswith("crash-")
    assert path.stat().st_mode & 0o077 == 0

    code, mended = replayed(capsys, path)
    assert (code, mended["verdict"]) == (0, "same")
    assert "KeyError: 'no such moth' in " in mended["recorded_fault"]

    receive = people.receive

    def faulty(world, inputs):
        given = [i for i in inputs if isinstance(i, Commands)]
        if any(c.keys & DASH for i in given for c in i.commands):
            raise KeyError("no such moth")
        return receive(world, inputs)

    monkeypatch.setattr(people, "receive", faulty)
    code, crashed = replayed(capsys, path)
    assert (code, crashed["verdict"], crashed["tick"]) == (1, "crashed", mended["last"] + 1)
    assert "no such moth" in crashed["fault"]
    assert start().stop() == 0  # the next one goes on without that tick


async def test_a_fault_outside_the_rules_is_told_as_such(start, capsys):
    fault = (
        "import sys; from server.publisher import Publisher; from server.__main__ import main\n"
        "old = Publisher.publish\n"
        "def publish(self, events, *rest):\n"
        "    if events: raise ValueError('nobody hears it')\n"
        "    return old(self, events, *rest)\n"
        "Publisher.publish = publish\n"
        "sys.exit(main())\n"
    )
    server = start(program=("-c", fault))
    async with server.guest(ClientConversation(), "Ann", server.secret) as guest:
        await guest.until_closed()
    assert server.process.wait(10) == 1
    (path,) = (server.folder / "recordings").iterdir()
    assert main(["replay", str(path)]) == 0
    out = capsys.readouterr().out
    assert "ValueError: nobody hears it" in out
    assert "outside the rules" in out
    assert sys.prefix not in out

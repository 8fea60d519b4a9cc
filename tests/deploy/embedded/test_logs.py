"""Writing logs that stay small, and reading them while they turn over."""

import json

import pytest

from deploy.embedded import log_reader
from deploy.embedded.log_file import LogFile
from deploy.embedded.log_reader import last_lines, show, sizes
from deploy.log_words import Form


def test_a_log_turns_over_and_keeps_the_newest(tmp_path):
    path = tmp_path / "logs" / "server.log"
    log = LogFile(path, largest_bytes=10, kept=3)
    for number in range(9):
        log.write(b"line %d\n" % number)
    log.close()
    assert path.read_text() == "line 8\n"
    assert path.with_name("server.log.1").read_text() == "line 7\n"
    assert path.with_name("server.log.2").read_text() == "line 6\n"
    assert not path.with_name("server.log.3").exists()


def test_a_log_goes_on_where_an_earlier_run_ended(tmp_path):
    path = tmp_path / "server.log"
    for word in (b"one\n", b"two\n"):
        log = LogFile(path)
        log.write(word)
        log.close()
    assert path.read_text() == "one\ntwo\n"


def test_a_full_disk_loses_lines_and_nothing_else(tmp_path):
    log = LogFile(tmp_path / "server.log")
    full = open("/dev/full", "wb", buffering=0)  # noqa: PTH123, SIM115  # closed by the log
    log.close()
    log._file = full
    log.write(b"lost\n")
    log.close()


def test_a_log_that_cannot_be_turned_over_is_written_to_again(tmp_path, monkeypatch):
    """Windows refuses to rename a log that somebody reads; a full disk refuses a new one."""
    path = tmp_path / "server.log"
    log = LogFile(path, largest_bytes=10)
    log.write(b"line 0000\n")
    with monkeypatch.context() as broken:
        broken.setattr(type(path), "replace", _refuse)
        log.write(b"lost\n")
    with monkeypatch.context() as broken:
        broken.setattr(type(path), "open", _refuse)
        log.write(b"lost too\n")
        log.write(b"and this\n")
    log.write(b"kept\n")
    log.close()
    assert path.read_text().splitlines()[-1] == "kept"


def _refuse(*_args, **_more):
    raise OSError("in use")


def test_the_last_lines(tmp_path):
    path = tmp_path / "server.log"
    path.write_text("a\nb\nc\n")
    assert last_lines(path, 2) == ["b", "c"]
    assert last_lines(tmp_path / "none.log", 2) == []


def test_no_control_character_reaches_the_terminal(tmp_path):
    path = tmp_path / "server.log"
    path.write_bytes(b"name \x1b]52;c;aGk=\x07 \xff \xc2\x9b2J\n")
    assert last_lines(path, 1) == ["name ?]52;c;aGk=? \ufffd ?2J"]


def test_several_logs_are_told_apart(tmp_path):
    paths = {name: tmp_path / f"{name}.log" for name in ("server", "caddy")}
    paths["server"].write_text("old\nhello\n")
    paths["caddy"].write_text("hi\n")
    said = []
    show(paths, lines=2, until=None, out=said.append)
    assert said == ["server | hello\n", "caddy  | hi\n"]


@pytest.mark.parametrize("lines", [0, 1, 3])
def test_the_last_lines_are_those_of_all_programs_together(tmp_path, lines):
    paths = {name: tmp_path / f"{name}.log" for name in ("server", "caddy")}
    for number, path in enumerate(paths.values()):
        path.write_text("".join(f'{{"msg": "m", "ts": {at}}}\n' for at in range(number, 8, 2)))
    said = []
    show(paths, lines=lines, until=None, form=Form.JSON, out=said.append)
    assert [json.loads(line)["ts"] for line in said] == list(range(8 - lines, 8))


def test_for_programs_each_line_is_one_object_with_its_program(tmp_path):
    path, said = tmp_path / "server.log", []
    path.write_text('{"event": "serving"}\nTraceback\n[1]\n')
    show({"server": path}, lines=9, until=None, form=Form.JSON, out=said.append)
    assert [json.loads(line) for line in said] == [
        {"program": "server", "event": "serving"},
        {"program": "server", "text": "Traceback"},
        {"program": "server", "text": "[1]"},
    ]


def test_following_crosses_a_turn_over(tmp_path, monkeypatch):
    path, said, looks = tmp_path / "server.log", [], iter(range(9))
    log = LogFile(path, largest_bytes=12)
    log.write(b"before\n")
    monkeypatch.setattr(log_reader.time, "sleep", lambda _: log.write(b"line %d\n" % next(looks)))
    show({"server": path}, lines=9, until=lambda: len(said) > 4, out=said.append)
    log.close()
    assert said[:5] == ["before\n", *(f"line {n}\n" for n in range(4))]


def test_a_log_that_begins_later_is_followed_from_its_first_line(tmp_path, monkeypatch):
    path, said = tmp_path / "server.log", []
    monkeypatch.setattr(log_reader.time, "sleep", lambda _: path.write_text("first\n"))
    show({"server": path}, lines=9, until=path.exists, out=said.append)
    assert said == ["first\n"]


def test_only_what_was_said_since_a_start(tmp_path):
    path = tmp_path / "server.log"
    path.write_text("old\n")
    begin = sizes(tmp_path)["server"]
    assert last_lines(path, 9, begin=begin) == []
    path.write_text("old\nnew\n")
    assert last_lines(path, 9, begin=begin) == ["new"]
    path.write_text("n\n")  # turned over
    assert last_lines(path, 9, begin=begin) == ["n"]


def test_several_logs_are_in_the_order_of_time_and_in_words(tmp_path):
    paths = {name: tmp_path / f"{name}.log" for name in ("server", "caddy")}
    paths["server"].write_text(
        '{"event": "serving", "timestamp": "2026-11-22T11:51:24Z"}\n'
        '{"event": "stopped", "timestamp": "2026-11-22T11:51:26Z"}\n'
        "Traceback\n"
    )
    paths["caddy"].write_text(
        '{"level": "error", "ts": 1795348285, "msg": "no"}\n'
        '{"level": "info", "ts": 1795348285, "msg": "of no use"}\n'
    )
    said = []
    show(paths, lines=9, until=None, form=Form.WORDS, out=said.append)
    words = [line.split(maxsplit=2)[2] for line in said[:3]]
    assert words == ["server  serving\n", "caddy   ERROR: no\n", "server  stopped\n"]
    assert "Traceback" in said[3]

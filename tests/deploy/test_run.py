import os
import sys
import time

import pytest

from deploy import run
from deploy.run import Result

PYTHON = sys.executable


def test_a_program_is_run_to_its_end():
    done = run.run(
        [PYTHON, "-c", "print(input()); import sys; sys.exit(3)"], timeout_s=9, stdin=b"hi\n"
    )
    assert done == Result(3, "hi\n", "")
    assert not done.is_good


def test_nothing_is_read_from_the_terminal():
    assert run.run([PYTHON, "-c", "print(repr(open(0).read()))"], timeout_s=9).out == "''\n"


def test_a_missing_program_is_an_answer():
    assert run.run(["no-such-program"], timeout_s=1).code == run.NOT_FOUND
    assert run.follow(["no-such-program"], print).code == run.NOT_FOUND
    assert run.attach(["no-such-program"]) == run.NOT_FOUND
    assert run.pipe(["no-such-program"], timeout_s=1).code == run.NOT_FOUND


def test_a_program_that_may_not_be_run_is_an_answer(tmp_path):
    (tmp_path / "file").write_text("text")
    assert run.run([str(tmp_path / "file")], timeout_s=1).code == run.NOT_FOUND


def test_patience_ends():
    asleep = [PYTHON, "-c", "import time; time.sleep(60)"]
    began = time.monotonic()
    assert run.run(asleep, timeout_s=0.2).code == run.TIMED_OUT
    assert run.pipe(asleep, timeout_s=0.2).code == run.TIMED_OUT
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("out", "err", "words"),
    [("a\nb\n", "c\n\n", "c"), ("a\nb\n", "", "b"), ("", "", ""), ("", " \n", "")],
)
def test_the_last_words(out, err, words):
    assert Result(1, out, err).last_words == words


def test_lines_come_one_by_one():
    lines = []
    done = run.follow(
        [PYTHON, "-c", "import sys; print('a'); sys.stdout.flush(); sys.stderr.write('b\\n')"],
        lines.append,
    )
    assert lines == ["a", "b"]
    assert done == Result(0, "a\nb\n", "")


def test_who_stops_following_ends_the_program():
    """Ctrl-C in the middle of an installation leaves no pip behind."""
    pids = []

    def on_line(line):
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.follow(
            [PYTHON, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"],
            on_line,
        )
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_an_archive_goes_through_files(tmp_path):
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(bytes(range(256)) * 1000)
    copy = "import sys, shutil; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
    with source.open("rb") as reading, target.open("wb") as writing:
        assert run.pipe([PYTHON, "-c", copy], timeout_s=9, source=reading, target=writing).is_good
    assert target.read_bytes() == source.read_bytes()


def test_a_child_gets_none_of_another_program_s_keys(monkeypatch):
    monkeypatch.setenv("LANTERNHOLD_DDNS_TOKEN", "secret")
    code = "import os; print(sorted(k for k in os.environ if k.startswith('LANTERNHOLD_')))"
    with run.start([PYTHON, "-c", code], env={"LANTERNHOLD_SERVER_NAME": "x"}) as child:
        assert child.stdout.read() == b"['LANTERNHOLD_SERVER_NAME']\n"


def test_what_is_detached_goes_on_by_itself(tmp_path):
    log = tmp_path / "log"
    code = "import os; print(os.getsid(0) == os.getpid(), os.environ['WORD'], flush=True)"
    pid = run.detach([PYTHON, "-c", code], log=log, env={"WORD": "hello"})
    os.waitpid(pid, 0)
    assert log.read_text() == "True hello\n"


def test_becoming_hands_over_everything(monkeypatch):
    became = []
    monkeypatch.setattr(os, "execvpe", lambda *all_of_it: became.append(all_of_it))
    monkeypatch.setattr(run, "attach", lambda *_, **__: 0)
    run.become(["program", "word"], env={"KEY": "value"})
    path, argv, env = became[0]
    assert (path, argv, env["KEY"]) == ("program", ["program", "word"], "value")

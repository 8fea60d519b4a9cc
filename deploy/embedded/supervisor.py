"""The supervisor's process: it starts the programs, keeps their words and restarts what dies."""

import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from deploy import run, system
from deploy.clone import Clone
from deploy.embedded import record
from deploy.embedded.log_file import LogFile
from deploy.embedded.programs import Program
from deploy.embedded.record import ChildRecord, Ports, Process, Record
from deploy.embedded.supervision import Act, Child, Supervision, Verb
from deploy.run import Started

LONGEST_LINE_BYTES = 16_384


@dataclass(frozen=True)
class Exited:
    """A program has ended, told by the thread that waited for it."""

    name: str
    code: int


@dataclass(frozen=True)
class StopAsked:
    """Somebody wants everything stopped."""


class Supervisor:
    """Runs programs until it is asked to stop, or one of them refuses its settings."""

    def __init__(self, clone: Clone, programs: Sequence[Program], ports: Ports) -> None:
        self._clone = clone
        self._programs = {program.name: program for program in programs}
        self._supervision = Supervision([Child(part.name, part.stop_s) for part in programs])
        self._ports = ports
        self._since = time.time()
        self._me = Process.of(os.getpid())
        self._processes: dict[str, Process] = {}
        self._running: dict[str, Started] = {}
        self._logs = {name: LogFile(clone.logs / f"{name}.log") for name in self._programs}
        # A SimpleQueue may be put to from within a signal handler; a Queue may not.
        self._happened: SimpleQueue[Exited | StopAsked] = SimpleQueue()

    def run(self) -> int:
        """Supervise until the end; gives the exit code."""
        for number in system.STOP_SIGNALS:
            signal.signal(number, lambda *_: self._happened.put(StopAsked()))
        self._do(self._supervision.begin(time.monotonic()))
        while not self._supervision.is_over:
            self._do(self._next_acts())
        self._write_record()
        if not self._supervision.failure:
            record.forget(self._clone)
        return 1 if self._supervision.failure else 0

    def _next_acts(self) -> list[Act]:
        due = self._supervision.next_due()
        wait = None if due is None else max(0.0, due - time.monotonic())
        try:
            happened = self._happened.get(timeout=wait)
        except Empty:
            return self._supervision.due(time.monotonic())
        if isinstance(happened, StopAsked):
            _say("stopping")
            return self._supervision.stop(time.monotonic())
        self._running.pop(happened.name, None)
        _say(f"{happened.name} ended with exit code {happened.code}")
        return self._supervision.exited(happened.name, happened.code, time.monotonic())

    def _do(self, acts: Sequence[Act]) -> None:
        for act in acts:
            _say(f"{act.verb} {act.name}")
            process = self._running.get(act.name)
            if act.verb is Verb.START:
                self._start(self._programs[act.name])
            elif process and act.verb is Verb.ASK:
                system.ask_to_stop(process.pid)
            elif process:
                system.kill(process.pid)
        self._write_record()

    def _start(self, program: Program) -> None:
        try:
            process = run.start(
                program.argv, env=program.env, cwd=program.cwd, gives_way=program.gives_way
            )
        except OSError as problem:
            self._logs[program.name].write(f"cannot be started: {problem}\n".encode())
            self._happened.put(Exited(program.name, run.NOT_FOUND))
            return
        self._running[program.name] = process
        self._processes[program.name] = Process.of(process.pid)
        threading.Thread(
            target=self._listen, args=(program.name, process), name=program.name, daemon=True
        ).start()

    def _listen(self, name: str, process: Started) -> None:
        """Keep a program's words until its end, then tell of it."""
        try:
            if process.stdout is not None:
                with process.stdout as words:
                    while line := words.readline(LONGEST_LINE_BYTES):
                        self._logs[name].write(line)
        finally:
            self._happened.put(Exited(name, process.wait()))

    def _write_record(self) -> None:
        children = {
            child.name: ChildRecord(
                self._processes.get(child.name) if child.name in self._running else None,
                child.restarts,
            )
            for child in self._supervision.children
        }
        failure = self._supervision.failure
        record.write(self._clone, Record(self._me, self._ports, self._since, children, failure))


def _say(words: str) -> None:
    sys.stdout.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {words}\n")
    sys.stdout.flush()

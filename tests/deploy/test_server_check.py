"""What the server would refuse is known before it is started."""

from deploy import server_check
from deploy.clone import Clone
from deploy.run import NOT_FOUND, Result
from support.source import ROOT

KEY = "LANTERNHOLD_SERVER_TICK_HZ"


def test_the_real_server_names_its_faults():
    clone = Clone(ROOT)
    (fault,) = server_check.faults(clone, {KEY: "25"})
    assert fault.startswith(f"{KEY} is '25'")
    assert server_check.faults(clone, {KEY: "20"}) == []


def test_a_server_that_cannot_say_refuses_nothing():
    said = Result(1, "", f"Traceback\n{KEY}")
    assert server_check.faults(Clone(ROOT), {}, lambda *_, **__: said) == []
    gone = Result(NOT_FOUND, "", "python: not found")
    assert server_check.faults(Clone(ROOT), {}, lambda *_, **__: gone) == []

import socket

import pytest

from deploy import occupied, system
from deploy.problem import Problem


def test_free_ports_pass():
    occupied.check_free({"KEY": ("127.0.0.1", system.free_port())})


def test_any_port_is_always_free():
    occupied.check_free({"KEY": ("", 0)}, is_free=lambda *_: False)


def test_a_taken_port_is_told_with_its_owner_and_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Problem) as told:
            occupied.check_free({"LANTERNHOLD_HTTPS_PORT": ("", port)})
    assert told.value.what.startswith(f"Port {port} is already used by ")
    if system.IS_LINUX:
        assert "(process " in told.value.what
    assert f"LANTERNHOLD_HTTPS_PORT={port + 1}" in told.value.remedy


def test_all_taken_ports_are_told_at_once():
    with pytest.raises(Problem) as told:
        occupied.check_free(
            {"A": ("", 1), "B": ("", 2), "C": ("", 3)},
            is_free=lambda port, _: port == 3,
            owner=lambda port: "apache2 (process 7)" if port == 1 else None,
        )
    assert told.value.what == (
        "Port 1 is already used by apache2 (process 7).\nPort 2 is already used by another program."
    )


def test_an_unknown_owner_comes_with_the_way_to_see_it():
    with pytest.raises(Problem) as told:
        occupied.check_free({"A": ("", 5)}, is_free=lambda *_: False, owner=lambda _: None)
    assert system.how_to_see_port(5) in told.value.remedy

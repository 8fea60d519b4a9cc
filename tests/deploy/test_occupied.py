import socket
from pathlib import Path

import pytest

from deploy import occupied, system
from deploy.problem import Problem


def check(is_free, ports, **more):
    wanted = {key: ("", port) for key, port in ports.items()}
    occupied.check_free(wanted, is_free=is_free, **{"folder": lambda _: None, **more})


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
            is_free=lambda port, _: port >= 3,
            folder=lambda _: None,
            owner=lambda port: "apache2 (process 7)" if port == 1 else None,
        )
    assert told.value.what == (
        "Port 1 is already used by apache2 (process 7).\nPort 2 is already used by another program."
    )


def test_an_unknown_owner_comes_with_the_way_to_see_it():
    with pytest.raises(Problem) as told:
        check(lambda port, _: port != 5, {"A": 5}, owner=lambda _: None)
    assert system.how_to_see_port(5) in told.value.remedy


OURS = {"LANTERNHOLD_HTTPS_PORT": 8443, "LANTERNHOLD_HTTP_PORT": 8080}
TAKEN = {8443, 8080, 8081, 9100}


def test_each_port_that_is_taken_has_a_line_to_copy_and_they_do_not_clash():
    with pytest.raises(Problem) as told:
        check(
            lambda port, _: port not in {9100, 8443, 8080, 8081},
            {**OURS, "PRIVATE": 9100},
            kept={9101},
        )
    lines = told.value.remedy.splitlines()[1:]
    assert lines == ["LANTERNHOLD_HTTPS_PORT=8444", "LANTERNHOLD_HTTP_PORT=8082", "PRIVATE=9102"]


def test_another_lanternhold_is_named_by_its_folder(tmp_path):
    (tmp_path / ".lanternhold" / "data").mkdir(parents=True)
    (tmp_path / "lanternhold").touch()
    where = {8443: tmp_path / ".lanternhold" / "data", 8080: tmp_path}
    with pytest.raises(Problem) as told:
        check(lambda port, _: port not in OURS.values(), OURS, folder=where.get)
    assert told.value.what.splitlines() == [
        f"Port {port} is already used by another Lanternhold, in {tmp_path}." for port in where
    ]
    assert told.value.remedy.startswith(f"{tmp_path}/lanternhold down, or ")


@pytest.mark.skipif(not system.IS_LINUX, reason="only there it can be seen")
def test_where_the_program_of_a_port_works_is_seen():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert system.port_folder(server.getsockname()[1]) == Path.cwd()

import pytest

from deploy.firewall import keepsake
from deploy.firewall.root import AsRoot, must
from deploy.problem import Problem
from deploy.run import NOT_FOUND, TIMED_OUT, Result, run

ROOT = AsRoot(run, root=True)


WARNING = "sudo: unable to resolve host lantern: Name or service not known\n"


@pytest.mark.parametrize(
    "said",
    [
        "sudo: a password is required",
        f"{WARNING}sudo: a terminal is required to read the password",
        "anna is not in the sudoers file.",
        "Sorry, user anna is not allowed to execute '/usr/bin/env' as root on lantern.",
        "sudo: interactive authentication is required",
    ],
)
def test_sudo_that_would_ask_is_told_with_the_way_out(said):
    def runner(argv, *, env, **_):
        assert argv[:4] == ["sudo", "-n", "--", "env"]
        assert env["LC_ALL"] == "C"  # sudo itself speaks the user's language otherwise
        return Result(1, "", said)

    with pytest.raises(Problem, match="takes root") as told:
        AsRoot(runner, root=False)(["ufw", "status"])
    assert told.value.remedy.startswith("sudo -v")


def test_no_sudo_at_all_is_told_too():
    with pytest.raises(Problem, match="takes root"):
        AsRoot(lambda _, **__: Result(NOT_FOUND, "", "sudo: not found"), root=False)(["ufw"])


@pytest.mark.parametrize(
    "done",
    [
        Result(0, "Status: active", WARNING),
        Result(0, "Status: active", "sudo: a password is required"),
        Result(1, "", f"{WARNING}base64: x: No such file or directory"),
        Result(1, "", f"{WARNING}ERROR: this is not allowed"),
    ],
)
def test_a_warning_of_sudo_is_no_failure(done):
    assert AsRoot(lambda _, **__: done, root=False)(["ufw", "status"]) is done


def test_root_itself_needs_no_sudo():
    assert ROOT(["sh", "-c", "echo $LC_ALL"]).out == "C\n"


def test_a_failure_is_told_in_the_programs_own_words():
    with pytest.raises(Problem, match="it broke: bad rule"):
        must(Result(1, "", "bad rule\n"), "it broke")
    with pytest.raises(Problem, match="did not answer"):
        must(Result(TIMED_OUT, "", ""), "it broke")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "user.rules"
    path.write_bytes(b"\xff old\n")
    path.chmod(0o640)
    return path


def test_a_file_comes_back_to_the_byte_with_its_mode(file):
    before = keepsake.keep(str(file), ROOT)
    file.write_bytes(b"new")
    keepsake.put_back(str(file), before, ROOT)
    assert file.read_bytes() == b"\xff old\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_file_that_went_comes_back_and_one_that_came_goes(file):
    before = keepsake.keep(str(file), ROOT)
    file.unlink()
    assert keepsake.keep(str(file), ROOT) is None
    keepsake.put_back(str(file), before, ROOT)
    assert keepsake.keep(str(file), ROOT) == before
    keepsake.put_back(str(file), None, ROOT)
    keepsake.put_back(str(file), None, ROOT)
    assert not file.exists()


def test_a_file_that_cannot_be_read_is_no_missing_file(file):
    with pytest.raises(Problem, match="could not be read"):
        keepsake.keep(str(file.parent), ROOT)

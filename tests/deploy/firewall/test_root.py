import pytest

from deploy.firewall import keepsake
from deploy.firewall.root import AsRoot, must
from deploy.problem import Problem
from deploy.run import TIMED_OUT, Result, run

ROOT = AsRoot(run, root=True)


def test_sudo_that_would_ask_is_told_with_the_way_out():
    def runner(argv, **_):
        assert argv[:4] == ["sudo", "-n", "--", "env"]
        return Result(1, "", "sudo: a password is required")

    with pytest.raises(Problem, match="takes root") as told:
        AsRoot(runner, root=False)(["ufw", "status"])
    assert told.value.remedy.startswith("sudo -v")


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

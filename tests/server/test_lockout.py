from server.lockout import FIRST_WAIT_S, LONGEST_WAIT_S, TRIES, Lockout


def test_a_few_typing_errors_cost_nothing():
    lockout = Lockout()
    for _ in range(TRIES - 1):
        lockout.wrong("a", 0.0)
    assert lockout.wait_s("a", 0.0) == 0.0


def test_the_wait_doubles_up_to_an_hour():
    lockout = Lockout()
    now, waits = 0.0, []
    for _ in range(TRIES - 1):
        lockout.wrong("a", now)
    for _ in range(9):
        lockout.wrong("a", now)
        waits.append(lockout.wait_s("a", now))
        now += waits[-1]
        assert lockout.wait_s("a", now) == 0.0
    assert waits[:4] == [FIRST_WAIT_S, 120.0, 240.0, 480.0]
    assert waits[-1] == LONGEST_WAIT_S


def test_an_hour_of_silence_forgives():
    lockout = Lockout()
    for _ in range(TRIES):
        lockout.wrong("a", 0.0)
    lockout.wrong("a", LONGEST_WAIT_S + 1)
    assert lockout.wait_s("a", LONGEST_WAIT_S + 1) == 0.0


def test_a_right_invite_forgives():
    lockout = Lockout()
    for _ in range(TRIES - 1):
        lockout.wrong("a", 0.0)
    lockout.right("a")
    lockout.wrong("a", 0.0)
    assert lockout.wait_s("a", 0.0) == 0.0


def test_addresses_do_not_pay_for_each_other():
    lockout = Lockout()
    for _ in range(TRIES):
        lockout.wrong("a", 0.0)
    assert lockout.wait_s("b", 0.0) == 0.0


def test_the_table_is_bounded_and_forgets_the_oldest():
    lockout = Lockout(addresses_max=3)
    for address in ("a", "a", "a", "a", "a", "b", "c", "d"):
        lockout.wrong(address, 0.0)
    assert len(lockout._wrong) == 3
    assert lockout.wait_s("a", 0.0) == 0.0

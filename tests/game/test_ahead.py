from game.ahead import Ahead, pieces


def work(done):
    for i in range(3):
        done.append(i)
        yield
    return sum(done)


def test_nothing_is_done_until_asked_for_and_then_slice_by_slice():
    done = []
    ahead = Ahead(work(done))
    assert done == []
    assert ahead.advance()
    assert done == [0]
    assert ahead.slices == 1


def test_the_result_does_what_is_left_and_keeps():
    ahead = Ahead(work([]))
    ahead.advance()
    assert ahead.result() == 3
    assert ahead.result() == 3
    assert not ahead.advance()


def test_pieces_make_the_whole():
    assert list(pieces(range(7), 3)) == [range(3), range(3, 6), range(6, 7)]
    assert list(pieces([], 3)) == []

import socket

import pytest

from deploy.ports.asking import Line, NoAnswerError, ask
from support.router import answering

HERE = "127.0.0.1"


def only_good(data):
    if data != b"good":
        raise ValueError(data)
    return data


async def test_what_is_no_answer_is_passed_over():
    async with answering(lambda _: [b"bad", b"worse", b"good"]) as (port, _):
        assert await ask(Line(HERE, HERE, port), b"?", only_good, waits_s=(5,)) == b"good"


async def test_a_lost_question_is_asked_again():
    asked = []

    def second(data):
        asked.append(data)
        return b"good" if len(asked) == 2 else None

    async with answering(second) as (port, heard):
        assert await ask(Line(HERE, HERE, port), b"?", only_good, waits_s=(0.01, 5)) == b"good"
        assert heard == [b"?", b"?"]


async def test_silence_is_told_from_refusal():
    async with answering(lambda _: None) as (port, _):
        with pytest.raises(NoAnswerError) as told:
            await ask(Line(HERE, HERE, port), b"?", only_good, waits_s=(0.01,))
        assert not told.value.is_refused
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((HERE, 0))
        closed = taken.getsockname()[1]
    with pytest.raises(NoAnswerError) as told:
        await ask(Line(HERE, HERE, closed), b"?", only_good, waits_s=(1.0,))
    assert told.value.is_refused


async def test_an_address_that_is_not_ours_is_no_answer():
    with pytest.raises(NoAnswerError):
        await ask(Line("192.0.2.77", HERE, 9), b"?", only_good, waits_s=(0.01,))

from collections import Counter

from client.figures import Figures
from client.tally import Spread, Stay, Tally


def test_percentiles_are_of_all_samples_of_all_bots_drained_or_not():
    tally = Tally()
    early, late = Figures(), Figures()
    early.rtts.extend(range(1, 51))
    tally.drain(early)
    assert not early.rtts, "what was taken is not counted twice"
    late.rtts.extend(range(51, 101))
    report = tally.report([Stay(early), Stay(late)], 10.0, Counter())
    assert report.rtt_ms == Spread(51, 96, 100)
    assert report.snapshot_gap_ms == Spread(0, 0, 0)


def test_counts_are_summed_and_traffic_is_per_player_and_second():
    figures = Figures(disconnects=2, resumes=1, mispredictions=3, saved=4)
    stays = [
        Stay(figures, has_joined=True, bytes_in=9000, gathered=5, deposited=2),
        Stay(Figures(), has_joined=False, bytes_in=1000, gathered=1),
    ]
    report = Tally().report(stays, 20.0, Counter({"Full.": 1}))
    assert (report.joined, report.gathered, report.deposited) == (1, 6, 2)
    assert (report.disconnects, report.resumes, report.mispredictions, report.saved) == (2, 1, 3, 4)
    assert report.bytes_per_player_second == 500.0
    assert report.refused == {"Full.": 1}


def test_nobody_got_in():
    report = Tally().report([Stay(Figures())], 0.0, Counter({"No.": 1}))
    assert report.joined == 0
    assert report.bytes_per_player_second == 0.0

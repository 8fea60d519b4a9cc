import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.names import LENGTH_MAX, clean, skeleton


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Mia", "Mia"),
        ("  two   words\t", "two words"),
        ("\uff2d\uff49\uff41", "Mia"),  # full width
        ("Zoe\u0308", "Zo\xeb"),  # joined by NFKC
        ("a\u200bb\u202ec\ufeff", "abc"),  # nothing to see
        ("x\u0323", "x\u0323"),  # one mark that has no joined form
        ("\u3042\u3044", "\u3042\u3044"),
        ("\U0001f98b", "\U0001f98b"),
    ],
)
def test_a_good_name_comes_out_as_everybody_sees_it(raw, name):
    assert clean(raw) == name
    assert clean(name) == name


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "visible"),
        (" \u200b\u3164 ", "visible"),
        ("x" * (LENGTH_MAX + 1), "too long: 17"),
        ("\ufdfa", "too long"),  # one character that NFKC makes eighteen of
        ("bell\x07", "U[+]0007"),
        ("\ue000", "U[+]E000"),  # private use
        ("\ud800", "U[+]D800"),  # half a pair
        ("x\u0323\u0324", "accent"),
        ("\u0301x", "accent"),
    ],
)
def test_a_bad_name_is_refused_with_a_sentence(raw, why):
    with pytest.raises(ValueError, match=why) as refused:
        clean(raw)
    assert str(refused.value).endswith(".")


@given(st.text(max_size=40))
def test_whatever_is_let_through_is_short_stable_and_stays_itself(raw):
    try:
        name = clean(raw)
    except ValueError:
        return
    assert 1 <= len(name) <= LENGTH_MAX
    assert clean(name) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mia", "MIA"),
        ("Mia", "M i a"),
        ("Mia", "M\u0456a"),  # Cyrillic
        ("paul", "p\u0430u1"),
        ("Zo\xeb", "zoe"),
        ("modern", "modem"),
        ("S4m", "$4m"),
        ("bill", "BI|I"),
    ],
)
def test_names_that_can_be_mistaken_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


def test_other_names_have_another_and_signs_alone_keep_theirs():
    assert skeleton("Mia") != skeleton("Noa")
    assert skeleton("***") != skeleton("+++")

"""Names that people can read and nobody can forge."""

import unicodedata
from typing import Final

LENGTH_MAX: Final = 16

_IGNORABLE: Final = (
    # Characters that show as nothing (Unicode's Default_Ignorable_Code_Point, and the blank
    # braille pattern): two names that differ only in these look the same.
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)

_LOOKALIKE: Final = str.maketrans(
    # Cyrillic
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u043a\u043c\u0442\u0432\u043d\u0501\u051b\u051d"
    # Greek
    "\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c4\u03c5\u03c7"
    # Latin and digits
    "01|!3$5@\u0131\u0142\u00f8\u0111\u0127\u0167",
    "aeopcyxijshkmtbhdqwaopviktuxoiiiessailodht",
)


def clean(raw: str) -> str:
    """The name as everybody will see it.

    Raises:
        ValueError: with a sentence for the person, when it cannot be a name.
    """
    name = unicodedata.normalize("NFKC", "".join(c for c in raw if not _is_ignorable(c)))
    name = " ".join("".join(c for c in name if not _is_ignorable(c)).split())
    if not name:
        raise ValueError("A name needs at least one visible character: choose another one.")
    if len(name) > LENGTH_MAX:
        raise ValueError(
            f"This name is too long: {len(name)} characters, {LENGTH_MAX} are allowed. Shorten it."
        )
    _refuse_tricks(name)
    return name


def skeleton(name: str) -> str:
    """What a name looks like at a glance: names with equal skeletons can be mistaken."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LOOKALIKE)
    letters = "".join(c for c in plain if unicodedata.category(c)[0] in "LN")
    return (letters or plain).replace("l", "i").replace("rn", "m").replace("vv", "w")


def _is_ignorable(char: str) -> bool:
    code = ord(char)
    return any(low <= code <= high for low, high in _IGNORABLE)


def _refuse_tricks(name: str) -> None:
    may_mark = False
    for char in name:
        kind = unicodedata.category(char)
        if kind[0] == "C":
            raise ValueError(
                f"A name cannot hold the character U+{ord(char):04X}: leave it out and try again."
            )
        if kind[0] == "M" and not may_mark:
            raise ValueError(
                "A name can have one accent above or below a letter, not more: leave some out."
            )
        may_mark = kind[0] in "LN"

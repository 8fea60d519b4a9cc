import struct

from support.screen import read_xwd


def test_a_window_dump_is_read_pixel_by_pixel():
    words = [100, 7, 2, 24, 2, 2, 0, 0, 32, 0, 32, 32, 12, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
    colours = bytes(12)
    red, green, blue, padding = b"\0\0\xff\0", b"\0\xff\0\0", b"\xff\0\0\0", b"\x7f\x7f\x7f\0"
    pixels = red + green + padding + blue + red + padding
    picture = read_xwd(struct.pack(">25I", *words) + colours + pixels)
    assert picture.get_size() == (2, 2)
    seen = [[tuple(picture.get_at((x, y))[:3]) for x in (0, 1)] for y in (0, 1)]
    assert seen == [[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (255, 0, 0)]]

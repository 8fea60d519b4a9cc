"""Pictures of an Xvfb screen, read out of the file in which it keeps its pixels."""

import struct

import pygame

HEADER_WORDS = 25
SIZE, WIDTH, HEIGHT, LINE_BYTES, COLOURS = 0, 4, 5, 12, 19  # which word of the header is what


def screenshot(folder, png):
    """Save what the screen of `Xvfb -fbdir FOLDER` shows; returns how many colours it has."""
    picture = read_xwd((folder / "Xvfb_screen0").read_bytes())
    pygame.image.save(picture, png)
    spots = {
        tuple(picture.get_at((x, y)))
        for x in range(0, picture.get_width(), 7)
        for y in range(0, picture.get_height(), 7)
    }
    return len(spots)


def read_xwd(data):
    """A surface from an X window dump of 32 bits a pixel, blue first."""
    header = struct.unpack_from(f">{HEADER_WORDS}I", data)
    start = header[SIZE] + 12 * header[COLOURS]
    width, height, line = header[WIDTH], header[HEIGHT], header[LINE_BYTES]
    pixels = bytearray(data[start : start + line * height])
    pixels[0::4], pixels[2::4] = pixels[2::4], pixels[0::4]
    rows = pygame.image.frombuffer(bytes(pixels), (line // 4, height), "RGBX")
    return rows.subsurface((0, 0, width, height)).copy()

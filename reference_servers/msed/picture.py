"""Draws the «after» photo of an answer as a PNG, with the standard library only."""

import hashlib
import struct
import zlib

_WIDTH, _HEIGHT = 640, 420
Colour = tuple[int, int, int]


class _Canvas:
    def __init__(self) -> None:
        self._rows = [bytearray(3 * _WIDTH) for _ in range(_HEIGHT)]

    def rectangle(self, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
        left, right = max(left, 0), min(right, _WIDTH)
        for row in self._rows[max(top, 0) : min(bottom, _HEIGHT)]:
            row[3 * left : 3 * right] = bytes(colour) * max(right - left, 0)

    def circle(self, x: int, y: int, radius: int, colour: Colour) -> None:
        for dy in range(-radius, radius + 1):
            half = int((radius * radius - dy * dy) ** 0.5)
            self.rectangle(x - half, y + dy, x + half, y + dy + 1, colour)

    def png(self) -> bytes:
        def chunk(kind: bytes, content: bytes) -> bytes:
            checked = kind + content
            return (
                struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
            )

        header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
        rows = b"".join(b"\0" + row for row in self._rows)
        return (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(rows, 9))
            + chunk(b"IEND", b"")
        )


def after_photo(seed: str) -> bytes:
    """A tidy street: houses, trees, an even road. The same seed draws the same street."""
    dice = hashlib.sha256(seed.encode()).digest()
    canvas = _Canvas()
    for y in range(250):
        canvas.rectangle(0, y, _WIDTH, y + 1, (150 + y // 3, 190 + y // 5, 235))
    canvas.circle(80 + dice[0] * 2, 70, 30, (255, 236, 150))
    left = -20
    for floor in range(6):
        width, height = 100 + dice[floor + 1] % 50, 90 + dice[floor + 8] % 90
        tone = 150 + dice[floor + 15] % 80
        canvas.rectangle(left, 250 - height, left + width, 250, (tone, tone - 20, tone - 45))
        for x in range(left + 12, left + width - 14, 24):
            for y in range(262 - height, 238, 26):
                canvas.rectangle(x, y, x + 12, y + 15, (90, 120, 150))
        left += width + 6
    canvas.rectangle(0, 250, _WIDTH, 300, (112, 160, 88))
    for tree in range(7):
        x = 30 + tree * 95 + dice[tree + 20] % 30
        canvas.rectangle(x - 4, 250, x + 4, 285, (105, 80, 60))
        canvas.circle(x, 238, 22 + dice[tree + 24] % 10, (70, 130 + dice[tree] % 40, 70))
    canvas.rectangle(0, 300, _WIDTH, 312, (190, 190, 186))
    canvas.rectangle(0, 312, _WIDTH, 400, (88, 90, 94))
    for x in range(10, _WIDTH, 90):
        canvas.rectangle(x, 353, x + 50, 359, (240, 240, 235))
    canvas.rectangle(0, 400, _WIDTH, _HEIGHT, (190, 190, 186))
    return canvas.png()

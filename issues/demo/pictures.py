"""Draws the demo's photographs: one street scene for each sort of trouble, before and after the repair."""

import io
from collections.abc import Callable, Mapping
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1280, 960
_HORIZON = 520
_GROUND = 700

Colour = tuple[int, int, int]

_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((146, 190, 228), (228, 238, 244)),
    ((172, 184, 196), (222, 226, 228)),
    ((120, 150, 196), (246, 214, 180)),
    ((150, 196, 214), (240, 240, 226)),
)
_WALLS: tuple[Colour, ...] = (
    (214, 196, 168),
    (190, 200, 208),
    (226, 214, 198),
    (196, 170, 150),
    (204, 210, 190),
    (222, 200, 196),
)
_ASPHALT: Colour = (96, 98, 102)
_GRASS: Colour = (126, 156, 96)


def draw(scene: str, *, seed: int, repaired: bool = False) -> bytes:
    """A drawn “photo” as JPEG bytes.

    Args:
        scene: what the message is about: “road”, “bin”, “yard”…
        seed: the same seed gives the same street, so that before and after fit together.
        repaired: draw what the place looks like when the work is done.
    """
    random = Random(seed)  # noqa: S311  (a picture, not a secret)
    image = Image.new("RGB", (WIDTH, HEIGHT))
    brush = ImageDraw.Draw(image)
    _sky(brush, random)
    _houses(brush, random)
    _street(brush, random)
    if scene == "bulb":
        image = Image.blend(image, Image.new("RGB", image.size, (12, 18, 44)), 0.65)
        brush = ImageDraw.Draw(image)
    _SCENES[scene](brush, random, repaired)
    grain = Image.effect_noise((WIDTH, HEIGHT), 18).convert("RGB")
    image = Image.blend(image.filter(ImageFilter.GaussianBlur(0.8)), grain, 0.05)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, int(part * factor)) for part in colour)
    return red, green, blue


def _sky(brush: ImageDraw.ImageDraw, random: Random) -> None:
    top, bottom = random.choice(_SKIES)
    for y in range(_HORIZON):
        share = y / _HORIZON
        line = tuple(int(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        brush.line([(0, y), (WIDTH, y)], fill=line)
    for _cloud in range(random.randint(1, 3)):
        x, y = random.randint(0, WIDTH), random.randint(60, 220)
        for _puff in range(5):
            dx, dy, size = random.randint(-90, 90), random.randint(-16, 16), random.randint(36, 70)
            brush.ellipse(
                [x + dx - size, y + dy - size // 2, x + dx + size, y + dy + size // 2],
                fill=_shade(bottom, 1.04),
            )


def _houses(brush: ImageDraw.ImageDraw, random: Random) -> None:
    brush.rectangle([0, _HORIZON, WIDTH, _GROUND], fill=_GRASS)
    x = -60
    while x < WIDTH:
        width, height = random.randint(170, 330), random.randint(190, 400)
        wall = random.choice(_WALLS)
        top = _HORIZON + 60 - height
        brush.rectangle([x, top, x + width, _HORIZON + 60], fill=wall)
        brush.rectangle([x, top - 14, x + width, top], fill=_shade(wall, 0.7))
        for row in range(top + 26, _HORIZON + 10, 58):
            for column in range(x + 22, x + width - 36, 52):
                light = random.random() < 0.18
                pane = (250, 228, 160) if light else _shade(wall, 0.55)
                brush.rectangle([column, row, column + 26, row + 36], fill=pane)
                brush.line([(column + 13, row), (column + 13, row + 36)], fill=wall, width=3)
        x += width + random.choice((0, 0, 46, 90))
    for _tree in range(random.randint(3, 6)):
        _tree_at(
            brush, random, random.randint(20, WIDTH - 20), _HORIZON + 70, random.randint(50, 90)
        )


def _tree_at(
    brush: ImageDraw.ImageDraw, random: Random, x: int, foot: int, size: int, *, bare: bool = False
) -> None:
    brush.rectangle([x - size // 9, foot - size, x + size // 9, foot], fill=(104, 82, 62))
    green = (random.randint(80, 130), random.randint(130, 160), random.randint(70, 96))
    if bare:
        for dx in (-1, -0.5, 0.4, 0.9):
            brush.line(
                [(x, foot - size), (x + int(dx * size * 0.7), foot - int(size * 1.9))],
                fill=(104, 82, 62),
                width=max(4, size // 12),
            )
        return
    for _leaf in range(9):
        dx = random.randint(-size // 2, size // 2)
        dy = random.randint(size // 2, int(size * 1.6))
        radius = random.randint(size // 3, size // 2)
        brush.ellipse(
            [x + dx - radius, foot - dy - radius, x + dx + radius, foot - dy + radius],
            fill=_shade(green, random.uniform(0.85, 1.15)),
        )


def _street(brush: ImageDraw.ImageDraw, random: Random) -> None:
    brush.rectangle([0, _GROUND - 40, WIDTH, _GROUND], fill=(186, 182, 174))
    brush.rectangle([0, _GROUND, WIDTH, HEIGHT], fill=_ASPHALT)
    for x in range(random.randint(-100, 0), WIDTH, 240):
        brush.polygon(
            [(x, 868), (x + 120, 868), (x + 112, 886), (x - 12, 886)], fill=(222, 222, 214)
        )


def _road(brush: ImageDraw.ImageDraw, random: Random, repaired: bool) -> None:
    for _hole in range(random.randint(1, 3)):
        x, y = random.randint(200, WIDTH - 200), random.randint(_GROUND + 60, HEIGHT - 80)
        width, height = random.randint(90, 210), random.randint(28, 56)
        if repaired:
            box = [x - width, y - height, x + width, y + height]
            brush.rectangle(box, fill=_shade(_ASPHALT, 0.72))
            continue
        points = [
            (
                x + int(dx * width * random.uniform(0.8, 1.1)),
                y + int(dy * height * random.uniform(0.8, 1.2)),
            )
            for dx, dy in _ring(12)
        ]
        brush.polygon(points, fill=_shade(_ASPHALT, 0.5))
        inner = [(x + int((px - x) * 0.72), y + 6 + int((py - y) * 0.6)) for px, py in points]
        brush.polygon(inner, fill=(112, 122, 132))
        for _crack in range(5):
            dx, dy = random.choice(_ring(12))
            brush.line(
                [
                    (x + int(dx * width), y + int(dy * height)),
                    (x + int(dx * width * 1.6), y + int(dy * height * 1.8)),
                ],
                fill=_shade(_ASPHALT, 0.6),
                width=4,
            )


def _ring(count: int) -> list[tuple[float, float]]:
    return [(cos(2 * pi * i / count), sin(2 * pi * i / count)) for i in range(count)]


def _meadow(brush: ImageDraw.ImageDraw) -> None:
    brush.rectangle([0, _GROUND - 60, WIDTH, HEIGHT], fill=_shade(_GRASS, 0.96))


def _waste(brush: ImageDraw.ImageDraw, random: Random, repaired: bool) -> None:
    left = random.randint(260, 460)
    brush.rectangle([left - 60, 560, left + 520, 572], fill=(96, 120, 104))
    for bar in range(left - 60, left + 520, 24):
        brush.rectangle([bar, 470, bar + 6, 700], fill=(116, 142, 124))
    for bin_number in range(3):
        x = left + bin_number * 150
        brush.polygon([(x, 590), (x + 120, 590), (x + 108, 740), (x + 12, 740)], fill=(62, 104, 86))
        brush.rectangle([x - 6, 574, x + 126, 594], fill=(44, 78, 66))
    if repaired:
        return
    for _bag in range(44):
        x = left + random.randint(-170, 600)
        y = random.randint(690, 830) - abs(x - left - 220) // 8
        size = random.randint(22, 52)
        colour = random.choice([(50, 52, 58), (232, 232, 228), (70, 110, 170), (196, 160, 110)])
        brush.ellipse([x - size, y - size // 2, x + size, y + size // 2], fill=colour)


def _yard(brush: ImageDraw.ImageDraw, random: Random, repaired: bool) -> None:
    _meadow(brush)
    x, wood = random.randint(180, 420), (168, 118, 72)
    tilt = 0 if repaired else random.randint(30, 60)
    for plank in range(3):
        y = 720 + plank * 26
        if not repaired and plank == 1:
            continue
        brush.polygon(
            [(x, y), (x + 330, y + tilt), (x + 330, y + 18 + tilt), (x, y + 18)], fill=wood
        )
    for leg in (x + 24, x + 296):
        brush.rectangle([leg, 740, leg + 16, 850], fill=(74, 78, 84))
    frame = x + 480
    for post in (frame, frame + 250):
        brush.line([(post, 460), (post - 50, 840)], fill=(196, 84, 70), width=14)
        brush.line([(post, 460), (post + 50, 840)], fill=(196, 84, 70), width=14)
    brush.line([(frame, 462), (frame + 250, 462)], fill=(196, 84, 70), width=14)
    for chain in (frame + 90, frame + 160):
        end = 720 if repaired or chain == frame + 90 else 640
        brush.line([(chain, 466), (chain, end)], fill=(80, 84, 90), width=5)
    seat = [(frame + 80, 718), (frame + 170, 718 if repaired else 800)]
    brush.line(seat, fill=(66, 118, 168), width=16)


def _light(brush: ImageDraw.ImageDraw, random: Random, repaired: bool) -> None:
    for x in (random.randint(200, 320), random.randint(640, 760), random.randint(1000, 1120)):
        brush.rectangle([x, 300, x + 14, _GROUND], fill=(52, 56, 64))
        brush.line([(x + 7, 302), (x + 90, 282)], fill=(52, 56, 64), width=10)
        if repaired:
            brush.polygon(
                [(x + 70, 292), (x + 120, 292), (x + 300, _GROUND), (x - 110, _GROUND)],
                fill=(150, 142, 104),
            )
            brush.ellipse([x + 66, 270, x + 124, 300], fill=(255, 240, 190))
        else:
            brush.ellipse([x + 66, 270, x + 124, 300], fill=(70, 74, 84))


def _house(brush: ImageDraw.ImageDraw, random: Random, repaired: bool) -> None:
    _meadow(brush)
    wall = random.choice(_WALLS)
    brush.rectangle([120, 90, WIDTH - 120, 860], fill=wall)
    for row in range(140, 760, 170):
        for column in range(190, WIDTH - 240, 220):
            brush.rectangle([column, row, column + 110, row + 110], fill=_shade(wall, 0.5))
            brush.rectangle(
                [column, row, column + 110, row + 110], outline=(246, 244, 240), width=8
            )
    pipe = random.randint(300, 900)
    brush.rectangle([pipe, 90, pipe + 26, 860], fill=(150, 152, 156))
    if repaired:
        return
    for _stain in range(26):
        x, y = pipe + random.randint(-90, 110), random.randint(300, 850)
        width, height = random.randint(14, 50), random.randint(40, 120)
        brush.ellipse([x - width, y - height, x + width, y + height], fill=_shade(wall, 0.78))
    brush.polygon([(pipe + 26, 520), (pipe + 80, 560), (pipe + 26, 566)], fill=(150, 196, 226))


def _tree(brush: ImageDraw.ImageDraw, random: Random, repaired: bool) -> None:
    _meadow(brush)
    x = random.randint(420, 820)
    if repaired:
        brush.ellipse([x - 60, 770, x + 60, 806], fill=(150, 114, 78))
        brush.ellipse([x - 46, 776, x + 46, 798], fill=(206, 170, 122))
        _tree_at(brush, random, x + 220, 800, 90)
    else:
        _tree_at(brush, random, x, 820, 300, bare=True)
        brush.line([(x + 20, 660), (x + 330, 800)], fill=(104, 82, 62), width=26)


def _stop(brush: ImageDraw.ImageDraw, random: Random, repaired: bool) -> None:
    x = random.randint(240, 560)
    glass = (196, 216, 224)
    brush.rectangle([x, 470, x + 420, 488], fill=(60, 104, 150))
    for post in (x + 10, x + 396):
        brush.rectangle([post, 488, post + 14, _GROUND + 20], fill=(70, 76, 84))
    for pane in range(3):
        left = x + 34 + pane * 122
        if repaired or pane != 1:
            brush.rectangle([left, 510, left + 108, 660], fill=glass)
        else:
            brush.polygon(
                [(left, 510), (left + 70, 510), (left + 24, 580), (left, 640)], fill=glass
            )
            for _shard in range(14):
                sx, sy = left + random.randint(-20, 130), random.randint(705, 740)
                brush.polygon([(sx, sy), (sx + 18, sy - 6), (sx + 9, sy + 8)], fill=glass)
    brush.rectangle([x + 60, 664, x + 350, 678], fill=(168, 118, 72))
    brush.rectangle([x + 470, 430, x + 480, _GROUND + 20], fill=(70, 76, 84))
    brush.rectangle([x + 440, 430, x + 510, 500], fill=(246, 212, 70))


_SCENES: Mapping[str, Callable[[ImageDraw.ImageDraw, Random, bool], None]] = {
    "road": _road,
    "bin": _waste,
    "yard": _yard,
    "bulb": _light,
    "house": _house,
    "leaf": _tree,
    "bus": _stop,
}

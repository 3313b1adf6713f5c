"""Pictures drawn for tests: a face as simple as the network still takes for one, a car with its plate."""

import io
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE = (800, 600)


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def street(seed: int = 1) -> Image.Image:
    """Sky, wall and asphalt with grain; nobody is there."""
    random = Random(seed)
    picture = Image.new("RGB", SIZE, (150, 180, 210))
    brush = ImageDraw.Draw(picture)
    for left in range(0, SIZE[0], 160):
        shade = random.randrange(120, 200)
        brush.rectangle(
            (left, random.randrange(60, 200), left + 150, 400), fill=(shade, shade - 10, shade - 30)
        )
    brush.rectangle((0, 400, *SIZE), fill=(95, 95, 100))
    # Of a seed as well: Pillow's own noise goes on from whatever was drawn before.
    levels = np.random.default_rng(seed).normal(128, 40, SIZE[::-1]).clip(0, 255)
    grain = Image.fromarray(levels.astype(np.uint8)).convert("RGB")
    return Image.blend(picture.filter(ImageFilter.GaussianBlur(1)), grain, 0.1)


def face(picture: Image.Image, left: int, top: int, width: int) -> Image.Image:
    """Draws a face of so many pixels."""
    scale = 4
    side = 100 * scale
    drawn = Image.new("RGBA", (side, round(side * 1.3)), (0, 0, 0, 0))
    brush = ImageDraw.Draw(drawn)

    def oval(x: float, y: float, dx: float, dy: float, colour: tuple[int, int, int]) -> None:
        box = (x - dx, y - dy, x + dx, y + dy)
        brush.ellipse([part * scale for part in box], fill=colour)

    oval(50, 52, 46, 50, (60, 42, 30))  # hair
    oval(50, 66, 40, 52, (222, 178, 150))
    oval(50, 30, 34, 14, (60, 42, 30))
    for x in (34, 66):
        oval(x, 56, 10, 3, (70, 45, 35))  # brow
        oval(x, 63, 9, 5, (250, 250, 250))
        oval(x, 63, 4.5, 4.5, (60, 40, 25))
    oval(46, 80, 6, 10, (205, 155, 128))
    oval(50, 86, 9, 4, (190, 135, 110))
    oval(50, 100, 17, 5, (170, 70, 70))
    oval(50, 98, 16, 2, (120, 40, 40))
    drawn = drawn.filter(ImageFilter.GaussianBlur(scale * 1.2))
    drawn = drawn.resize((width, round(width * 1.3)), Image.Resampling.LANCZOS)
    picture.paste(drawn, (left, top), drawn)
    return picture


def plate(
    picture: Image.Image, left: int, top: int, width: int, signs: str = "A123BC"
) -> Image.Image:
    """Draws a number plate of ГОСТ Р 50577 on the back of a car."""
    drawn = Image.new("RGB", (520, 112), (240, 240, 238))
    brush = ImageDraw.Draw(drawn)
    brush.rounded_rectangle((2, 2, 517, 109), 10, outline=(15, 15, 15), width=4)
    brush.line((388, 2, 388, 109), fill=(15, 15, 15), width=4)
    large, small = ImageFont.load_default(96), ImageFont.load_default(60)
    for place, sign in enumerate(signs):
        brush.text(
            (52 + 62 * place, 58), sign, font=large, fill=(15, 15, 18), anchor="mm", stroke_width=2
        )
    brush.text((454, 40), "50", font=small, fill=(15, 15, 18), anchor="mm")
    body = Image.new("RGB", (width * 2, width), (120, 30, 30))
    body.paste(
        drawn.resize((width, width * 112 // 520), Image.Resampling.LANCZOS),
        (width // 2, width // 3),
    )
    picture.paste(body, (left - width // 2, top - width // 3))
    return picture.filter(ImageFilter.GaussianBlur(0.6))

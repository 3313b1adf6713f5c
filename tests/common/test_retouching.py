"""Parts of a photo are blurred beyond recovery, a photo is turned; nothing else of it changes."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from common.retouching import CELLS, Region, retouch


def chequered(width: int = 400, height: int = 200) -> bytes:
    """Black and white squares of ten pixels: every detail is told by its neighbours."""
    rows, columns = np.indices((height, width)) // 10
    out = io.BytesIO()
    squares = ((rows + columns) % 2 * 255).astype(np.uint8)
    Image.fromarray(squares).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def shown(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("L")).astype(int)


def test_what_is_blurred_is_gone_in_every_size_and_the_rest_stays() -> None:
    face = Region(0.25, 0.2, 0.25, 0.5)
    drawn = retouch(chequered(), name="a.jpg", regions=[face])
    for content in (drawn.content, drawn.page, drawn.thumbnail):
        picture = shown(content)
        height, width = picture.shape
        inside = picture[round(0.2 * height) : round(0.7 * height), width // 4 : width // 2]
        assert inside.std() < 12  # of black and white there is one grey
        assert picture[:, round(0.6 * width) :].std() > 90


def test_a_region_keeps_a_few_colours_whatever_was_in_it() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (600, 600, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG", quality=95)
    whole = Region(0, 0, 1, 1)
    blurred = shown(retouch(out.getvalue(), name="a.jpg", regions=[whole]).content)
    few = Image.fromarray(blurred.astype(np.uint8)).resize((CELLS, CELLS), Image.Resampling.BOX)
    again = np.asarray(few.resize((600, 600), Image.Resampling.BICUBIC)).astype(int)
    # All that is left is told by so few cells.
    assert abs(again - blurred).mean() < 2


@pytest.mark.parametrize(("quarters", "size"), [(0, (400, 200)), (1, (200, 400)), (6, (400, 200))])
def test_a_photo_is_turned(quarters: int, size: tuple[int, int]) -> None:
    drawn = retouch(chequered(), name="a.jpg", quarters=quarters)
    assert (drawn.width, drawn.height) == size


def test_a_turned_region_lies_on_the_same_thing() -> None:
    picture = Image.new("RGB", (400, 200), "white")
    picture.paste((0, 0, 0), (40, 20, 120, 60))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    mark = Region(0.1, 0.1, 0.2, 0.2)
    for quarters in range(4):
        drawn = shown(retouch(out.getvalue(), name="a.jpg", quarters=quarters).content)
        where = mark.turned(quarters)
        height, width = drawn.shape
        middle = drawn[
            round((where.y + where.height / 2) * height), round((where.x + where.width / 2) * width)
        ]
        assert middle < 30


shares = st.floats(0, 0.6)
sides = st.floats(0.01, 0.4)


@given(st.builds(Region, shares, shares, sides, sides), st.integers(-8, 8))
def test_turning_back_gives_the_same_region(region: Region, quarters: int) -> None:
    back = region.turned(quarters).turned(-quarters)
    assert (back.x, back.y, back.width, back.height) == pytest.approx(
        (region.x, region.y, region.width, region.height), abs=1e-9
    )


@pytest.mark.parametrize(
    "sides", [(-0.1, 0, 0.2, 0.2), (0.9, 0, 0.2, 0.2), (0, 0, 0, 1), (float("nan"), 0, 1, 1)]
)
def test_a_region_lies_within_its_picture(sides: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="region"):
        Region(*sides)

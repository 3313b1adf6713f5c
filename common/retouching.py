"""A photo drawn anew with parts of it blurred beyond recovery, or turned."""

import io
import math
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image, ImageFilter

from common import uploads

MARGIN = 0.08
"""So much of its sides is blurred round a region too: what is drawn by hand is seldom exact."""
CELLS = 6
"""A blurred region keeps so many colours along its longer side, and no more."""
QUARTERS = 4

_TURNS = {
    1: Image.Transpose.ROTATE_270,  # Pillow turns against the clock
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a picture, in shares of the picture's width and height from its upper left corner.

    Attributes:
        x, y: of its upper left corner, 0 to 1.
        width, height: more than 0; it ends within the picture.
    """

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        sides = (self.x, self.y, self.width, self.height)
        if not all(math.isfinite(side) and 0 <= side <= 1 for side in sides):
            raise ValueError("a region lies within its picture")
        if not (self.width and self.height):
            raise ValueError("a region has an area")
        if self.x + self.width > 1 + 1e-6 or self.y + self.height > 1 + 1e-6:
            raise ValueError("a region ends within its picture")

    def turned(self, quarters: int) -> "Region":
        """Where it lies once the picture is turned by so many quarters, clockwise."""
        region = self
        for _quarter in range(quarters % QUARTERS):
            x = max(1 - region.y - region.height, 0.0)
            region = Region(x, region.x, region.height, region.width)
        return region

    def overlaps(self, other: "Region", *, share: float = 0.5) -> bool:
        """Whether at least `share` of the smaller of the two lies in the other."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        smaller = min(self.width * self.height, other.width * other.height)
        return width > 0 and height > 0 and width * height >= share * smaller


def retouch(
    photo: bytes, *, name: str, regions: Iterable[Region] = (), quarters: int = 0
) -> uploads.Upload:
    """A photo in all its sizes, drawn anew. Slow: call outside transactions.

    Args:
        photo: the large picture as it is kept.
        name: the sender's name for it.
        regions: what is blurred, in the frame of `photo`.
        quarters: by how many quarters it is turned then, clockwise.

    Raises:
        OSError: the picture can not be read.
    """
    with Image.open(io.BytesIO(photo), formats=["JPEG"]) as image:
        drawn = image.convert("RGB")
    for region in regions:
        _blur(drawn, region)
    if turn := _TURNS.get(quarters % QUARTERS):
        drawn = drawn.transpose(turn)
    # Of the old file nothing but its pixels goes on.
    plain = Image.new("RGB", drawn.size)
    plain.paste(drawn)
    return uploads.in_sizes(plain, name=name)


def _blur(image: Image.Image, region: Region) -> None:
    """Leaves a few colours of a region: cells as large as a face's features, with soft borders.

    A soft lens alone could be undone; here what lay within a cell is averaged and gone.
    """
    dx, dy = region.width * MARGIN, region.height * MARGIN
    box = (
        math.floor(max(region.x - dx, 0) * image.width),
        math.floor(max(region.y - dy, 0) * image.height),
        math.ceil(min(region.x + region.width + dx, 1) * image.width),
        math.ceil(min(region.y + region.height + dy, 1) * image.height),
    )
    width, height = box[2] - box[0], box[3] - box[1]
    if width < 1 or height < 1:
        return
    cell = max(width, height) / CELLS
    few = (max(1, round(width / cell)), max(1, round(height / cell)))
    cells = image.crop(box).resize(few, Image.Resampling.BOX)
    soft = cells.resize((width, height), Image.Resampling.NEAREST)
    image.paste(soft.filter(ImageFilter.GaussianBlur(cell / 3)), box)

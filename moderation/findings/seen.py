"""A part of a photo that shows somebody: a face or a number plate."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a picture, in shares of its width and height.

    Attributes:
        kind: `face` or `plate`.
        x, y, width, height: where, 0 to 1.
        sure: how sure it is, 0 to 1; of a plate the share of the signs that one may have.
    """

    kind: str
    x: float
    y: float
    width: float
    height: float
    sure: float

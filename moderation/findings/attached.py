"""What is noticed about the files of a message, from what was seen in them."""

from collections.abc import Iterator, Sequence

from PIL import Image, ImageChops, ImageStat

from common.retouching import Region
from issues.models import Attachment, Issue
from moderation.findings.finding import Finding
from moderation.models import Code, FileLook
from moderation.queries.files import files_to_judge

FAR = 1_000
"""Metres from the place told, from which on a photo was taken elsewhere."""
SAME = 8.0
"""By how much the greys of two small pictures of one photo may differ in the mean, of 255."""

RUDE = frozenset({Code.PROFANITY, Code.INSULT, Code.THREAT})


def attached(issue: Issue) -> Iterator[Finding]:
    """Findings of the codes in `models.OF_FILES`; files that nobody has looked at yet tell nothing."""
    files = list(files_to_judge(issue).select_related("look__came_before", "camera", "retouching"))
    looks = [(place, file.look) for place, file in enumerate(files, 1) if hasattr(file, "look")]
    yield from _in_files(Code.FACES, [n for n, look in looks if _faces(look)])
    yield from _in_files(Code.BLANK_PHOTO, [n for n, look in looks if look.blank])
    yield from _in_files(
        Code.FILE_DATA, [n for n, look in looks if Code.PERSONAL_DATA in look.words]
    )
    yield from _in_files(
        Code.FILE_RUDENESS, [n for n, look in looks if not RUDE.isdisjoint(look.words)]
    )
    yield from _came_before(looks)
    yield from _far(files)


def _faces(look: FileLook) -> int:
    """How many faces can be seen: what a moderator had blurred can not."""
    kept = getattr(look.attachment, "retouching", None)
    blurred = [Region(*sides) for sides in kept.blurred] if kept else []
    faces = [
        Region(one["x"], one["y"], one["width"], one["height"])
        for one in look.regions
        if one["kind"] == "face"
    ]
    return sum(not any(face.overlaps(part) for part in blurred) for face in faces)


def same_picture(one: Attachment, other: Attachment) -> bool:
    """Whether the smallest pictures of two photos show the same: a fingerprint alone may be chance."""
    try:
        greys = [_grey(photo) for photo in (one, other)]
    except OSError:
        return False
    return ImageStat.Stat(ImageChops.difference(*greys)).mean[0] <= SAME


def _grey(photo: Attachment) -> Image.Image:
    with photo.thumbnail.open("rb") as file, Image.open(file, formats=["WEBP"]) as image:
        return image.convert("L").resize((32, 32), Image.Resampling.BOX)


def _in_files(code: Code, places: Sequence[int]) -> Iterator[Finding]:
    if places:
        yield Finding(code, values={"files": ", ".join(map(str, places))})


def _came_before(looks: Sequence[tuple[int, FileLook]]) -> Iterator[Finding]:
    for place, look in looks:
        if look.came_before is not None:
            values: dict[str, str | int] = {"file": place, "number": look.came_before.number}
            yield Finding(Code.SENT_BEFORE, values=values)
            return


def _far(files: Sequence[Attachment]) -> Iterator[Finding]:
    """The photo that was taken farthest away."""
    distances = [
        (file.camera.metres_away or 0, place)
        for place, file in enumerate(files, 1)
        if hasattr(file, "camera")
    ]
    if distances and max(distances)[0] >= FAR:
        metres, place = max(distances)
        yield Finding(Code.FAR, values={"file": place, "kilometres": round(metres / 1000)})

"""Looks at one file in a process of its own: `python -m moderation.findings.alone CONTENT_TYPE < FILE`.

What decodes strangers' pictures and documents may hang, crash or eat memory: the limits of this process
end it, and nothing else ends with it. It answers on standard output with one JSON object: of a photo
`regions`, `blank` and `fingerprint`, of a document `text`.
"""

import json
import os
import resource
import sys
from dataclasses import asdict

MEMORY = 2 * 1024**3
"""Addresses that the process may have, bytes; OpenCV and its libraries take 0.6 GB of them."""
SECONDS = 20
"""Of the processor."""


def main(content_type: str) -> None:
    """Reads the file from standard input and tells what is in it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    os.nice(10)
    content = sys.stdin.buffer.read()
    told = _photo(content) if content_type == "image/jpeg" else _document(content, content_type)
    json.dump(told, sys.stdout)


def _photo(content: bytes) -> dict[str, object]:
    import cv2

    from moderation.findings import photos

    cv2.setNumThreads(1)
    picture = photos.opened(content)
    blank = photos.blank(picture)
    regions = [] if blank else [*photos.faces(picture), *photos.plates(picture)]
    return {
        "blank": blank,
        # Blank ones are all alike.
        "fingerprint": None if blank else photos.fingerprint(picture),
        "regions": [asdict(region) for region in regions],
    }


def _document(content: bytes, content_type: str) -> dict[str, object]:
    from moderation.findings import files

    return {"text": files.text(content, content_type)}


if __name__ == "__main__":
    main(sys.argv[1])

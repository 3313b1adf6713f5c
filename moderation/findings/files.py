"""The words of a document that came with a message, read within limits.

Run alone, in a process of its own (`moderation.findings.alone`): nothing here knows Django.
"""

import io
import zipfile

from lxml import etree
from pypdf import PdfReader

MOST_LETTERS = 20_000
"""Of a longer document the beginning is read."""
MOST_PAGES = 20
MOST_XML = 10 * 1024 * 1024
"""Of the text inside a packed document so many bytes are unpacked."""

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ODF = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_PARAGRAPHS = {f"{_WORD}p", f"{_ODF}p", f"{_ODF}h"}
_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word/document.xml",
    "application/vnd.oasis.opendocument.text": "content.xml",
}


def text(document: bytes, content_type: str) -> str:
    """The words of a document, at most `MOST_LETTERS`; empty where it has none, as a scan.

    Args:
        document: as it was sent.
        content_type: what `common.uploads` found it to be.
    """
    if content_type == "application/pdf":
        return _pdf(document)
    if part := _PARTS.get(content_type):
        return _packed(document, part)
    return document[: 4 * MOST_LETTERS].decode(errors="ignore")[:MOST_LETTERS]


def _pdf(document: bytes) -> str:
    told: list[str] = []
    reader = PdfReader(io.BytesIO(document))
    if reader.is_encrypted:
        return ""
    for page in reader.pages[:MOST_PAGES]:
        told.append(page.extract_text())
        if sum(map(len, told)) >= MOST_LETTERS:
            break
    return "\n".join(told)[:MOST_LETTERS]


def _packed(document: bytes, part: str) -> str:
    """The text of one XML file inside; no entity is resolved, nothing is fetched."""
    parser = etree.XMLPullParser(
        events=("end",), resolve_entities=False, no_network=True, load_dtd=False
    )
    told: list[str] = []
    letters = 0
    with zipfile.ZipFile(io.BytesIO(document)) as package, package.open(part) as file:
        for _piece in range(MOST_XML // 65536):
            piece = file.read(65536)
            if not piece or letters >= MOST_LETTERS:
                break
            parser.feed(piece)
            for _event, element in parser.read_events():
                if isinstance(element, etree._Element) and element.tag in _PARAGRAPHS:
                    told.append("".join(map(str, element.itertext())))
                    letters += len(told[-1])
                    element.clear()
    return "\n".join(told)[:MOST_LETTERS]

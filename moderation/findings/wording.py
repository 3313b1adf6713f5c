"""All that the words of a message show by themselves: rudeness, shape, personal data."""

from common import personal_data
from moderation.findings.finding import Finding
from moderation.findings.rudeness import rudeness
from moderation.findings.shape import shape
from moderation.models import Code

MOST_LETTERS = 8_000
"""The longest text that the portal's form takes; of a longer one only the beginning is read."""


def wording(text: str) -> list[Finding]:
    """Findings of the codes that need nothing but the text."""
    text = text[:MOST_LETTERS]
    found = [*rudeness(text), *shape(text)]
    if private := personal_data.find(text):
        found.append(
            Finding(Code.PERSONAL_DATA, spans=tuple((one.start, one.end) for one in private))
        )
    return found

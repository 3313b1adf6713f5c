"""Whether a message speaks of another topic than its author has chosen."""

from collections.abc import Iterator

from authorities.suggesting import likelier_topic
from issues.models import Issue
from moderation.findings.finding import Finding
from moderation.models import Code


def topic(issue: Issue) -> Iterator[Finding]:
    """A finding of the code `wrong_topic`, with the words that speak for the other topic.

    That another topic is likelier is not enough, the desk names it anyhow (`likelier_topic`): the chosen
    one has to be as good as impossible. How much that is, was chosen when the model was trained.
    """
    likelier = likelier_topic(text=issue.description, kind=issue.kind, chosen=issue.topic)
    if likelier is not None and likelier.is_contradiction:
        yield Finding(
            Code.WRONG_TOPIC,
            spans=likelier.spans,
            values={"topic": likelier.suggestion.topic.name},
        )

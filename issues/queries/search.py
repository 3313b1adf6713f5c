"""Messages by their number, and by words of their text and address."""

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

from issues.models import SEARCHED, Issue


def matching(issues: QuerySet[Issue], words: str) -> QuerySet[Issue]:
    """Those of `issues` that have the number or the words."""
    number = words.strip().removeprefix("№").strip()
    if number.replace("-", "", 1).isdecimal():
        year, dash, serial = number.partition("-")
        # Without the year: the serial of any year.
        if not dash:
            return issues.filter(serial=int(year[:9]))
        return issues.filter(number=f"{year}-{serial}")
    # A minus shuts out the word after it; a row of them would only pile up in the query.
    words = re.sub(r"-+(?!\w)|-(?=-)", " ", words)
    query = SearchQuery(words, config="russian", search_type="websearch")
    return issues.annotate(searched=SEARCHED).filter(searched=query)

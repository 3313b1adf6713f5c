"""Verifies the timeline of a message that was downloaded from the portal.

    python verify.py timeline-2026-1.json
    python verify.py timeline-2026-1.json --earlier timeline-2026-1-of-last-month.json

Needs Python 3.10 or newer and nothing else: read it before you run it. The second form also tells
whether the earlier file is how the newer one begins; a chain that was written anew from its first
entry is whole in itself, and only an earlier copy gives it away.

Ends with 0 when all is whole, with 1 when something was changed, with 2 when a file is no timeline.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

BESIDE_THE_CHAIN = {"hash", "note", "note_salt"}
"""Members that the hash of an entry does not cover: words of people, which the law may erase."""

RUSSIAN = {
    "the file holds no timeline: {}": "в файле нет хода работы: {}",
    "entry {} is missing, {} stands in its place": "нет записи {}, на её месте стоит запись {}",
    "entry {} belongs to message {}": "запись {} относится к сообщению {}",
    "entry {} does not follow the one before it": "запись {} не продолжает предыдущую",
    "entry {} was changed": "запись {} изменена",
    "the words of entry {} were changed": "слова в записи {} изменены",
    "the earlier file is of message {}": "прежний файл относится к сообщению {}",
    "entry {} is not what it was in the earlier file": "запись {} не та, что в прежнем файле",
    "the timeline is shorter than the earlier one": "ход работы короче прежнего",
    "whole: {} entries, the last hash is {}": "всё цело: записей {}, последний отпечаток {}",
}


def canonical(value: Any) -> bytes:
    """The one text of a value: JSON in UTF-8, keys sorted by their letters' codes, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def faults(timeline: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What is wrong with a timeline, each as words with what stands in them; empty when it is whole."""
    found: list[tuple[Any, ...]] = []
    previous = ""
    for seq, entry in enumerate(timeline["entries"], start=1):
        covered = {name: value for name, value in entry.items() if name not in BESIDE_THE_CHAIN}
        if entry["seq"] != seq:
            found.append(("entry {} is missing, {} stands in its place", seq, entry["seq"]))
        if entry["issue"] != timeline["number"]:
            found.append(("entry {} belongs to message {}", seq, entry["issue"]))
        if entry["previous_hash"] != previous:
            found.append(("entry {} does not follow the one before it", seq))
        if sha256(canonical(covered)) != entry["hash"]:
            found.append(("entry {} was changed", seq))
        words = (entry["note_salt"] + entry["note"]).encode()
        if entry["note"] and sha256(words) != entry["note_digest"]:
            found.append(("the words of entry {} were changed", seq))
        previous = entry["hash"]
    return found


def departures(timeline: dict[str, Any], earlier: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Where a timeline does not go on from an earlier copy of it."""
    if timeline["number"] != earlier["number"]:
        return [("the earlier file is of message {}", earlier["number"])]
    hashes = [[entry["hash"] for entry in one["entries"]] for one in (timeline, earlier)]
    for seq, (now, then) in enumerate(zip(*hashes, strict=False), start=1):
        if now != then:
            return [("entry {} is not what it was in the earlier file", seq)]
    if len(hashes[0]) < len(hashes[1]):
        return [("the timeline is shorter than the earlier one",)]
    return []


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("timeline", help="the downloaded file")
    parser.add_argument("--earlier", help="a file of the same message that was downloaded before")
    parser.add_argument("--ru", action="store_true", help="по-русски")
    given = parser.parse_args(arguments)

    def say(words: str, *facts: object) -> None:
        print((RUSSIAN[words] if given.ru else words).format(*facts))

    try:
        timelines = []
        for name in filter(None, (given.timeline, given.earlier)):
            timelines.append(json.loads(Path(name).read_text(encoding="utf-8")))
        found = faults(timelines[0])
        if given.earlier:
            found += faults(timelines[1]) + departures(*timelines)
        entries = timelines[0]["entries"]
        last = entries[-1]["hash"]
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        say("the file holds no timeline: {}", error)
        return 2
    for words, *facts in found:
        say(words, *facts)
    if found:
        return 1
    say("whole: {} entries, the last hash is {}", len(entries), last)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The life of an appeal at an authority behind МЭДО: receipt, registration, work, answer; faults on demand."""

import json
import logging
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reference_servers.medo import messages
from reference_servers.medo.folder import Brought, Folder
from reference_servers.medo.messages import Schema, Side
from reference_servers.msed.picture import after_photo

log = logging.getLogger("reference_servers.medo")

FAULTS = ("duplicate", "truncated", "wrong_hash", "slow", "out_of_order", "refuse")
SLOW_SECONDS = 3.0
_APPEAL, _RETURN = "Обращение гражданина", "Возврат на доработку"
_WORDS = "По обращению № {number} работы выполнены, фотография приложена."


class Registry:
    """All authorities behind the gateway, with one book in a JSON file."""

    def __init__(self, folder: Folder, books: Path, *, step_seconds: float) -> None:
        self._folder, self._books, self._step = folder, books, step_seconds
        self._faults = books / "faults"
        self._faults.mkdir(parents=True, exist_ok=True)
        self._schema = Schema()
        self._file = books / "books.json"
        empty: dict[str, Any] = {"messages": {}, "receipts": [], "registered": 0, "plan": []}
        self._book = json.loads(self._file.read_text()) if self._file.exists() else empty

    def look(self) -> None:
        """Takes what was brought, then does what is due."""
        for package in self._folder.brought():
            self._take(package)
            self._folder.take(package)
        for step in [step for step in self._book["plan"] if step["due"] <= time.time()]:
            self._do(step)
            self._book["plan"].remove(step)
            self._save()

    def _take(self, package: Brought) -> None:
        root = self._schema.parse(next(iter(package.files.values())))
        header = messages.find(root, "header")
        uid = messages.attribute(header, "uid")
        if (body := messages.find(root, "acknowledgment")) is not None:
            accepted = messages.text(body, "accepted") == "true"
            self._book["receipts"].append([messages.attribute(body, "uid"), accepted])
            self._save()
            return
        named = set(messages.file_names(root))
        lacking = named - set(package.files)
        if lacking:
            raise AssertionError(f"{uid} names {lacking}, which it does not bring")
        document = messages.find(root, "document")
        whom = messages.find(root, "deliveryIndex/destination/destination")
        source = messages.find(root, "header/source")
        assert document is not None
        assert whom is not None
        assert source is not None
        side = Side(messages.attribute(whom, "uid"), messages.text(whom, "organization"))
        portal = Side(messages.attribute(source, "uid"), messages.text(source, "organization"))
        if uid not in self._book["messages"]:
            kind = messages.text(document, "kind")
            self._book["messages"][uid] = {
                "kind": kind,
                "document": messages.attribute(document, "uid"),
                "number": messages.text(document, "num/number"),
                "address": package.address,
                "files": sorted(package.files),
            }
            self._plan(uid, kind, document, side, portal)
            self._save()
            log.info("took %s %s for %s", kind, uid, package.address)
        wrong = self._fault("wrong_hash")
        # Each time: the portal asks again when the receipt was lost.
        found = messages.receipt(str(uuid.uuid4()), uid, side, package.files, wrong_hash=wrong)
        self._bring(found, "acknowledgment.xml", {})

    def _plan(self, uid: str, kind: str, document: Any, side: Side, portal: Side) -> None:
        of = messages.attribute(document, "uid")
        acts: list[str] = []
        if kind == _APPEAL:
            acts = ["accepted", "assigned", "answer", "sent"]
            if self._fault("refuse"):
                acts = ["refused"]
            elif self._fault("out_of_order"):
                acts = ["answer", "assigned", "accepted", "sent"]
        elif kind == _RETURN:
            link = messages.find(document, "links/link")
            of, acts = messages.attribute(link, "uid"), ["assigned", "answer"]
        self._book["registered"] += 1
        for place, act in enumerate(acts, start=1):
            self._book["plan"].append(
                {
                    "act": act,
                    "uid": str(uuid.uuid4()),
                    "of": of,
                    "side": [side.uid, side.name],
                    "portal": [portal.uid, portal.name],
                    "number": f"МЭДО-{self._book['registered']:04d}",
                    "due": time.time() + place * self._step,
                }
            )

    def _do(self, step: dict[str, Any]) -> None:
        uid, of, number = step["uid"], step["of"], step["number"]
        side, portal = Side(*step["side"]), Side(*step["portal"])
        if step["act"] == "answer":
            files = {"после.png": after_photo(number), "письмо.txt": "Работы выполнены.".encode()}
            words = _WORDS.format(number=number)
            root = messages.answer(uid, of, side, portal, f"{number}-О", words, list(files))
            self._bring(root, "document.xml", files)
            return
        write: dict[str, Callable[[], Any]] = {
            "accepted": lambda: messages.accepted(uid, of, side, number),
            "refused": lambda: messages.refused(uid, of, side),
            "assigned": lambda: messages.assigned(uid, of, side),
            "sent": lambda: messages.sent(uid, of, side, f"{number}-О"),
        }
        self._bring(write[step["act"]](), "notification.xml", {})

    def _bring(self, root: Any, name: str, files: dict[str, bytes]) -> None:
        content = self._schema.write(root)
        uid = messages.attribute(messages.find(root, "header"), "uid")
        if self._fault("truncated"):
            self._folder.bring(f"{uid}-cut", "ЭСД МЭДО", {name: content[:-40], **files})
        slowly = SLOW_SECONDS if self._fault("slow") else 0
        self._folder.bring(uid, "ЭСД МЭДО", {name: content, **files}, slowly=slowly)
        if name != "acknowledgment.xml" and self._fault("duplicate"):
            self._folder.bring(f"{uid}-again", "ЭСД МЭДО", {name: content, **files})

    def _fault(self, kind: str) -> bool:
        """Whether a fault was ordered by a file of its name; each order counts once."""
        order = self._faults / kind
        if not order.exists():
            return False
        order.unlink()
        log.info("fault: %s", kind)
        return True

    def _save(self) -> None:
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(self._book, ensure_ascii=False, indent=1))
        draft.replace(self._file)

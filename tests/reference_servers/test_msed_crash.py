"""Kill -9 at the МСЭД stand-in loses nothing that it has acknowledged."""

import http.client
import signal
import threading
from functools import partial
from pathlib import Path

from reference_servers.msed.soap import text
from tests.reference_servers.msed_process import (
    Msed,
    Portal,
    chunk,
    file_ref,
    new_uid,
    register,
    wait_for,
)


def test_what_was_acknowledged_is_known_after_kill_9(tmp_path: Path, portal: Portal) -> None:
    msed = Msed(tmp_path / "books.sqlite3", portal.url, ("--manual",)).start()
    appeal, uid, photo, content = new_uid(), new_uid(), new_uid(), b"photo" * 100_000
    msed.call(chunk(photo, 0, len(content), content[:300_000]))
    msed.kill()
    msed.start()
    held = int(text(msed.call(chunk(photo, 0, len(content), b"")), "received"))
    assert held == 300_000
    msed.call(chunk(photo, held, len(content), content[held:]))
    message = register(appeal, uid, files=file_ref(photo, content))
    first = msed.call(message)
    msed.kill()
    msed.options = ()
    msed.start()
    again = msed.call(message)
    msed.control("/control/act", {"appeal": appeal, "act": "continue"})
    told = wait_for(lambda: len(found := portal.told(appeal)) >= 3 and found)
    msed.kill(signal.SIGTERM)

    assert text(again, "acknowledgment/duplicate") == "true"
    assert text(again, "acknowledgment/time") == text(first, "acknowledgment/time")
    assert [seq for seq, _ in told] == [1, 2, 3]


def test_under_fire_each_appeal_is_registered_once_and_told_in_order(
    tmp_path: Path, portal: Portal
) -> None:
    msed = Msed(tmp_path / "books.sqlite3", portal.url).start()
    appeals = [(new_uid(), new_uid()) for _ in range(40)]
    done = threading.Event()

    def send() -> None:
        for appeal, uid in appeals:
            while not done.is_set():
                try:
                    msed.call(register(appeal, uid))
                except (OSError, http.client.HTTPException):
                    done.wait(0.02)
                else:
                    break

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for count in (5, 10, 15):
            seen = len(portal.deliveries)
            wait_for(partial(lambda wanted: len(portal.deliveries) >= wanted, seen + count))
            msed.kill()
            msed.start()
        sender.join(timeout=90)
        wait_for(lambda: all(len(set(portal.told(uid))) == 3 for uid, _ in appeals), 90)
    finally:
        done.set()
        books = msed.state()
        msed.kill()
    assert {kept["uid"] for kept in books["appeals"]} == {uid for uid, _ in appeals}
    assert len({kept["number"] for kept in books["appeals"]}) == len(appeals)
    for uid, _ in appeals:
        told = [seq for seq, _ in portal.told(uid)]
        # A push whose receipt was lost with the process may come twice, never out of order.
        assert sorted(told) == told
        assert set(told) == {1, 2, 3}

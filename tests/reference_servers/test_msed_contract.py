"""The letter of the contract at the МСЭД stand-in: idempotency, files, queue, statuses, refusals."""

import hashlib
import os
from pathlib import Path

import pytest
import requests
from lxml import etree
from zeep import Client, Settings
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from reference_servers.msed.soap import CONTRACTS, MSED, tag, text
from tests.reference_servers.msed_process import (
    PORTAL,
    ROOT,
    Msed,
    Portal,
    add,
    chunk,
    code,
    file_ref,
    new_uid,
    register,
    wait_for,
)

AFTER_THE_ANSWER = 3


def answered(msed: Msed, portal: Portal) -> str:
    """Uid of an appeal that has its answer."""
    appeal = new_uid()
    msed.call(register(appeal, new_uid()))
    wait_for(lambda: len(portal.told(appeal)) == AFTER_THE_ANSWER)
    return appeal


def told_in_full(portal: Portal, appeal: str, count: int) -> list[tuple[int, str]]:
    return wait_for(lambda: len(found := portal.told(appeal)) == count and found)


def state_of(msed: Msed, appeal: str) -> dict[str, object]:
    found: dict[str, object] = next(a for a in msed.state()["appeals"] if a["uid"] == appeal)
    return found


def status(msed: Msed, *appeals: str) -> etree._Element:
    uids = "".join(f"<appealUid>{uid}</appealUid>" for uid in appeals)
    return msed.call(f'<GetAppealStatus xmlns="{MSED}">{uids}</GetAppealStatus>'.encode())


def queue(msed: Msed, after: int, limit: int) -> etree._Element:
    return msed.call(
        f'<GetNotifications xmlns="{MSED}"><afterPosition>{after}</afterPosition>'
        f"<limit>{limit}</limit></GetNotifications>".encode()
    )


def test_a_zeep_client_made_from_the_served_wsdl_registers_an_appeal(msed: Msed) -> None:
    with requests.Session() as session:
        session.trust_env = False
        client = Client(
            f"http://127.0.0.1:{msed.port}/msed?wsdl",
            transport=Transport(session=session),
            settings=Settings(forbid_dtd=True),
            wsse=UsernameToken(PORTAL.username, PORTAL.password, use_digest=True),
            service_name="MsedService",
        )
        uid = new_uid()
        partner = {"organization": "Портал", "uid": new_uid()}
        receipt = client.service.RegisterAppeal(
            header={
                "source": partner,
                "destination": partner,
                "type": "Документ",
                "uid": uid,
                "created": "2026-03-01T10:00:00+00:00",
                "version": "1.0",
            },
            appeal={
                "uid": new_uid(),
                "num": {"number": "2026-000001", "date": "2026-03-01"},
                "kind": "Проблема",
                "addressee": [{"organization": "Администрация"}],
                "correspondent": {"lastName": "Иванов", "firstName": "Иван"},
                "classifierCode": "0005.0005.0056.1164",
                "annotation": "Ямы",
                "text": "Яма у дома",
                "controlDate": "2026-03-31",
            },
        )
    assert (receipt.uid, receipt.accepted, receipt.duplicate) == (uid, True, False)


def test_a_repeated_message_gets_its_stored_receipt_and_has_no_second_effect(msed: Msed) -> None:
    appeal, uid = new_uid(), new_uid()
    first = msed.call(register(appeal, uid))
    # Another prefix and other white space between attributes: the same message by its C14N.
    again = msed.call(register(appeal, uid).replace(b' type="', b'\n type="'))

    assert text(first, "acknowledgment/duplicate") == "false"
    assert text(again, "acknowledgment/duplicate") == "true"
    assert text(again, "acknowledgment/time") == text(first, "acknowledgment/time")
    assert len(state_of(msed, appeal)["messages"]) == 1  # type: ignore[arg-type]


def test_another_message_under_a_used_uid_is_a_conflict(msed: Msed) -> None:
    appeal, uid = new_uid(), new_uid()
    msed.call(register(appeal, uid))
    assert code(msed.call(register(appeal, uid, words="Другой текст"))) == "UID_CONFLICT"
    assert code(msed.call(add(appeal, "Дополнение", uid=uid))) == "UID_CONFLICT"


def test_a_known_appeal_under_another_message_uid_is_a_conflict(msed: Msed) -> None:
    appeal = new_uid()
    msed.call(register(appeal, new_uid()))
    assert code(msed.call(register(appeal, new_uid()))) == "UID_CONFLICT"


def test_a_message_that_got_a_fault_has_not_used_up_its_uid(msed: Msed) -> None:
    appeal, uid, photo, content = new_uid(), new_uid(), new_uid(), b"photo"
    message = register(appeal, uid, files=file_ref(photo, content))
    assert code(msed.call(message)) == "UNKNOWN_FILE"
    msed.call(chunk(photo, 0, len(content), content))
    assert text(msed.call(message), "acknowledgment/duplicate") == "false"


def test_after_a_refusal_the_corrected_appeal_is_taken_and_seq_goes_on(
    msed: Msed, portal: Portal
) -> None:
    appeal = new_uid()
    msed.control("/control/auto", {"on": False})
    msed.call(register(appeal, new_uid()))
    refusal = {"code": "INCOMPLETE", "reason": "Не указан адрес"}
    msed.control("/control/act", {"appeal": appeal, "act": "refuse", "values": refusal})
    late = msed.call(add(appeal, "Дополнение"))
    msed.control("/control/auto", {"on": True})
    receipt = msed.call(register(appeal, new_uid(), words="Яма у дома 1"))

    assert text(late, "acknowledgment/accepted") == "false"
    assert text(receipt, "acknowledgment/accepted") == "true"
    told = wait_for(lambda: len(found := portal.told(appeal)) == 4 and found)
    assert told[:2] == [(1, "documentRefused"), (2, "documentAccepted")]


def test_a_file_is_resumed_from_what_is_held(msed: Msed) -> None:
    uid, content = new_uid(), os.urandom(5000)

    def held(answer: etree._Element) -> int:
        return int(text(answer, "received"))

    assert held(msed.call(chunk(uid, 0, 5000, b""))) == 0
    assert held(msed.call(chunk(uid, 0, 5000, content[:2000]))) == 2000
    assert held(msed.call(chunk(uid, 0, 5000, b""))) == 2000
    assert held(msed.call(chunk(uid, 500, 5000, content[500:1500]))) == 2000
    assert held(msed.call(chunk(uid, 1000, 5000, content[1000:3000]))) == 3000
    assert held(msed.call(chunk(uid, 3000, 5000, content[3000:]))) == 5000
    assert held(msed.call(chunk(uid, 0, 5000, content))) == 5000
    kept = next(file for file in msed.state()["files"] if file["uid"] == uid)
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("offset", "total", "content", "why"),
    [
        (11, 20, b"x", "a hole"),
        (0, 20, b"0123X", "differs from what is held"),
        (5, 20, b"5678X0", "differs in the middle, new at the end"),
        (10, 21, b"x", "another total size"),
        (10, 20, b"x" * 11, "more than the total size"),
    ],
)
def test_a_chunk_that_does_not_continue_the_file_is_refused(
    msed: Msed, offset: int, total: int, content: bytes, why: str
) -> None:
    uid = new_uid()
    msed.call(chunk(uid, 0, 20, b"0123456789"))
    assert code(msed.call(chunk(uid, offset, total, content))) == "BAD_OFFSET", why
    assert text(msed.call(chunk(uid, 0, 20, b"")), "received") == "10"


def test_a_chunk_over_four_mebibytes_is_too_large(msed: Msed) -> None:
    content = bytes(4 * 1024 * 1024 + 1)
    assert code(msed.call(chunk(new_uid(), 0, len(content), content))) == "TOO_LARGE"


def test_a_wrong_hash_is_final_for_the_file_but_not_for_the_message(msed: Msed) -> None:
    appeal, photo, content = new_uid(), new_uid(), b"photo"
    msed.call(chunk(photo, 0, len(content), content))
    wrong = file_ref(photo, content, sha256="00" * 32)
    assert code(msed.call(register(appeal, new_uid(), files=wrong))) == "HASH_MISMATCH"
    right = file_ref(photo, content)
    assert code(msed.call(register(appeal, new_uid(), files=right))) == "HASH_MISMATCH"
    other = new_uid()
    msed.call(chunk(other, 0, len(content), content))
    receipt = msed.call(register(appeal, new_uid(), files=file_ref(other, content)))
    assert text(receipt, "acknowledgment/accepted") == "true"


def test_an_unknown_file_of_msed_may_be_asked_for_again(msed: Msed) -> None:
    fault = msed.call(
        f'<GetFileChunk xmlns="{MSED}"><fileUid>{new_uid()}</fileUid>'
        "<offset>0</offset><limit>10</limit></GetFileChunk>".encode()
    )
    assert code(fault) == "UNKNOWN_FILE"
    assert fault.findtext(f"detail/{tag('MsedFault')}/{tag('retryable')}") == "true"


def test_a_returned_appeal_is_answered_again_and_a_solved_one_is_closed(
    msed: Msed, portal: Portal
) -> None:
    appeal = answered(msed, portal)
    control = "<controlDate>2026-05-15</controlDate>"
    unsolved = "<rating>2</rating><solved>false</solved>"
    solved = "<rating>5</rating><solved>true</solved>"

    for more in (add(appeal, "Оценка", unsolved), add(appeal, "Возврат на доработку", control)):
        assert text(msed.call(more), "acknowledgment/accepted") == "true"
    told = wait_for(lambda: len(found := portal.told(appeal)) == 5 and found)
    assert told[3:] == [(4, "executorAssigned"), (5, "reportSent")]
    assert text(status(msed, appeal), "status/controlDate") == "2026-05-15"

    assert text(msed.call(add(appeal, "Оценка", solved)), "acknowledgment/accepted") == "true"
    late = msed.call(add(appeal, "Дополнение"))
    assert text(late, "acknowledgment/accepted") == "false"
    assert text(late, "acknowledgment/comment") == "Обращение закрыто"


def test_a_withdrawn_appeal_is_left_alone(msed: Msed, portal: Portal) -> None:
    appeal = new_uid()
    msed.control("/control/auto", {"on": False})
    msed.call(register(appeal, new_uid()))
    msed.call(add(appeal, "Отзыв"))
    msed.control("/control/auto", {"on": True})
    assert text(status(msed, appeal), "status/state") == "Отозвано"
    assert text(msed.call(add(appeal, "Отзыв")), "acknowledgment/accepted") == "false"
    assert portal.told(appeal) == []


@pytest.mark.parametrize(
    ("purpose", "more"),
    [
        ("Дополнение", "<rating>5</rating>"),
        ("Отзыв", "<solved>true</solved>"),
        ("Возврат на доработку", ""),
        ("Оценка", "<rating>5</rating><controlDate>2026-05-15</controlDate>"),
        ("Оценка", "<rating>6</rating>"),
    ],
)
def test_what_does_not_belong_to_the_purpose_is_refused(
    msed: Msed, portal: Portal, purpose: str, more: str
) -> None:
    assert code(msed.call(add(new_uid(), purpose, more))) == "SCHEMA"


def test_the_wrong_kind_of_message_and_an_unknown_appeal_are_refused(msed: Msed) -> None:
    notice = register(new_uid(), new_uid()).replace("Документ".encode(), "Уведомление".encode())
    assert code(msed.call(notice)) == "SCHEMA"
    unknown = msed.call(add(new_uid(), "Дополнение"))
    assert code(unknown) == "UNKNOWN_APPEAL"
    assert unknown.findtext(f"detail/{tag('MsedFault')}/{tag('retryable')}") == "false"
    assert code(msed.call(f'<Nothing xmlns="{MSED}"/>'.encode())) == "SCHEMA"


def test_the_queue_is_read_in_pages_by_growing_positions(msed: Msed, portal: Portal) -> None:
    appeals = {answered(msed, portal), answered(msed, portal)}
    after, seen, pages = 0, [], 0
    while True:
        page = queue(msed, after, 2)
        pages += 1
        for queued in page.findall(tag("queued")):
            assert int(queued.get("position", "0")) > after
            after = int(queued.get("position", "0"))
            seen.append((queued[0].get("appealUid"), int(queued[0].get("seq", "0"))))
        if text(page, "more") == "false":
            break
    assert pages >= 3
    for appeal in appeals:
        assert [seq for uid, seq in seen if uid == appeal] == [1, 2, 3]
    assert len(queue(msed, after, 500)) == 1


def test_statuses_tell_what_has_been_issued_and_what_is_unknown(msed: Msed, portal: Portal) -> None:
    appeal, stranger = answered(msed, portal), new_uid()
    answer = status(msed, appeal, stranger)
    assert text(answer, "status/state") == "Исполнено"
    assert text(answer, "status/lastSeq") == "3"
    assert text(answer, "status/num/number").startswith("МСЭД-")
    assert text(answer, "unknownAppealUid") == stranger


def test_partners_that_are_not_the_set_ones_are_denied(tmp_path: Path) -> None:
    msed = Msed(tmp_path / "books.sqlite3", options=("--portal-uid", new_uid())).start()
    try:
        assert code(msed.call(register(new_uid(), new_uid()))) == "ACCESS_DENIED"
    finally:
        msed.kill()


def test_every_plan_of_the_default_scenario_can_be_carried_out(msed: Msed, portal: Portal) -> None:
    last = {
        "Нужен капитальный ремонт": (6, "reportSent"),
        "Разбита региональная дорога": (4, "reportSent"),
    }
    sent = {}
    for words in last:
        sent[words] = new_uid()
        msed.call(register(sent[words], new_uid(), words=words))
    thanks = new_uid()
    msed.call(register(thanks, new_uid(), kind="Благодарность"))
    for words, appeal in sent.items():
        count, event = last[words]
        told = told_in_full(portal, appeal, count)
        assert told[-1] == (count, event)
        assert [seq for seq, _ in told] == list(range(1, count + 1))
    assert wait_for(lambda: len(portal.told(thanks)) == 2)


def test_the_contract_is_the_one_that_was_given() -> None:
    given = ROOT.parent / "shared" / "contracts"
    if not given.is_dir():
        pytest.skip("the given contract is not beside this checkout")
    for name in ("msed.wsdl", "msed-types.xsd"):
        assert (CONTRACTS / name).read_bytes() == (given / name).read_bytes()

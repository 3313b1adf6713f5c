"""The control page: acting by hand, without scripts, only with the page's own token."""

import re
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from reference_servers.msed.faults import KINDS
from tests.reference_servers.msed_process import Msed, Portal, new_uid, register, wait_for


def token(msed: Msed) -> str:
    found = re.search(r'name="token" value="([\w-]+)"', msed.http("GET", "/")[1].decode())
    assert found is not None
    return found[1]


def post(msed: Msed, path: str, **values: str) -> str:
    """Post a form and follow to the page that comes after it."""
    body = urlencode({"token": token(msed), **values}).encode()
    request = Request(f"http://127.0.0.1:{msed.port}{path}", body)
    with build_opener(ProxyHandler({})).open(request, timeout=30) as response:
        page: str = response.read().decode()
    return page


def waiting_appeal(msed: Msed, words: str = "Яма") -> str:
    """An appeal that no plan moves on."""
    appeal = new_uid()
    msed.control("/control/auto", {"on": False})
    msed.call(register(appeal, new_uid(), words=words))
    msed.control("/control/act", {"appeal": appeal, "act": "pause"})
    msed.control("/control/auto", {"on": True})
    return appeal


def test_a_clerk_leads_an_appeal_to_its_answer_by_hand(msed: Msed, portal: Portal) -> None:
    appeal = waiting_appeal(msed)
    path = f"/appeals/{appeal}"
    assert "Сделано" in post(msed, path, act="accept")
    assert "Сделано" in post(msed, path, act="redirect", organization="Министерство")
    assert "Сделано" in post(msed, path, act="assign", organization="Дорожная служба")
    assert "Сделано" in post(msed, path, act="extend", control_date="2026-04-20", reason="Погода")
    assert "Сделано" in post(msed, path, act="course", text="Материал заказан")
    boundary = "frontier"
    fields = {
        "token": token(msed),
        "act": "answer",
        "decision": "Решено",
        "text": "Заделано",
        "organization": "Дорожная служба",
        "person": "Белов С. Ю.",
        "photo": "1",
    }
    parts = [f'Content-Disposition: form-data; name="{n}"\r\n\r\n{v}' for n, v in fields.items()]
    parts.append(
        'Content-Disposition: form-data; name="files"; filename="акт.txt"\r\n'
        "Content-Type: text/plain\r\n\r\nАкт выполненных работ"
    )
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    assert msed.http("POST", path, body.encode(), headers)[0] == 303

    told = wait_for(lambda: len(found := portal.told(appeal)) == 6 and found)
    assert [event for _, event in told] == [
        "documentAccepted",
        "redirected",
        "executorAssigned",
        "termExtended",
        "courseChanged",
        "reportSent",
    ]
    report = portal.deliveries[-1][1][0]
    names = [element.get("localName") for element in report if element.get("localName")]
    assert names == ["акт.txt", "after.png"]
    page = msed.http("GET", path)[1].decode()
    assert "Исполнено" in page
    assert "20.04.2026" in page


def test_an_act_that_does_not_fit_is_refused_in_words(msed: Msed) -> None:
    appeal = waiting_appeal(msed)
    page = post(msed, f"/appeals/{appeal}", act="course", text="Рано")
    assert "Не сделано" in page
    assert "в состоянии «Получено»" in page
    assert next(a for a in msed.state()["appeals"] if a["uid"] == appeal)["last_seq"] == 0


def test_a_post_without_the_token_changes_nothing(msed: Msed) -> None:
    appeal = waiting_appeal(msed)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"act=accept", b"act=accept&token=wrong"):
        assert msed.http("POST", f"/appeals/{appeal}", body, headers)[0] == 403
    assert next(a for a in msed.state()["appeals"] if a["uid"] == appeal)["last_seq"] == 0


def test_what_a_resident_wrote_is_never_markup(msed: Msed) -> None:
    appeal = waiting_appeal(msed, words="&lt;script&gt;alert(1)&lt;/script&gt;")
    page = msed.http("GET", f"/appeals/{appeal}")[1].decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page


def test_the_automatic_mode_and_faults_are_switched_on_the_page(msed: Msed) -> None:
    post(msed, "/auto", act="off")
    assert msed.state()["automatic"] is False
    post(msed, "/auto", act="on")
    assert msed.state()["automatic"] is True
    post(msed, "/faults", kind="gap", operation="redirected", count="2")
    assert [rule["kind"] for rule in msed.state()["faults"]] == ["gap"]
    assert "redirected" in msed.http("GET", "/faults")[1].decode()
    post(msed, "/faults", act="clear")
    assert msed.state()["faults"] == []

    post(msed, "/faults", act="all", probability="0.01", seed="7")
    rules = msed.state()["faults"]
    assert {rule["kind"] for rule in rules} == set(KINDS) - {"wrong_number"}
    assert [rule["seed"] for rule in rules] == list(range(7, 7 + len(rules)))
    assert {rule["count"] for rule in rules} == {None}
    post(msed, "/faults", act="clear")


def test_the_process_says_that_it_is_alive(msed: Msed) -> None:
    assert msed.http("GET", "/healthz") == (200, b"ok\n")
    assert msed.http("GET", "/nothing")[0] == 404
    assert b"MsedPort" in msed.http("GET", "/msed?wsdl")[1]
    assert b"urn:msed:appeals:1" in msed.http("GET", "/msed-types.xsd")[1]

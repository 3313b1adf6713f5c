"""Atom feeds: valid, absolute, without personal data, asked for again at no cost."""

from collections.abc import Callable

import pytest
from django.test import Client
from lxml import etree

from accounts.models import User
from authorities.models import Authority
from common import clock
from issues import operations
from issues.models import Issue
from issues.policies import By

ATOM = "{http://www.w3.org/2005/Atom}"


def read(client: Client, address: str) -> etree._Element:
    """The feed, with all that RFC 4287 wants of it."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml"
    feed = etree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert str(links["self"]).startswith("http://testserver/feeds/")
    assert all(feed.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    ids = []
    for entry in feed.findall(f"{ATOM}entry"):
        assert all(entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
        (link,) = entry.findall(f"{ATOM}link")
        assert str(link.get("href")).startswith("http://testserver/issues/")
        ids.append(entry.findtext(f"{ATOM}id"))
    assert len(ids) == len(set(ids))
    return feed


def titles(feed: etree._Element) -> list[str]:
    return [str(entry.findtext(f"{ATOM}title")) for entry in feed.findall(f"{ATOM}entry")]


def test_a_list_has_a_feed_by_the_same_parameters(
    client: Client, publish: Callable[..., Issue], authority: Authority
) -> None:
    publish(description="Яма\x0bу дома"), publish(kind="thanks")
    assert len(titles(read(client, "/feeds/issues/"))) == 2
    assert len(titles(read(client, "/feeds/issues/?kind=thanks"))) == 1
    assert titles(read(client, "/feeds/issues/?state=overdue&q=бегемот")) == []
    assert len(titles(read(client, f"/feeds/authorities/{authority.slug}/"))) == 2
    assert titles(read(client, "/feeds/issues/?q=%01%1Fбегемот")) == []
    assert client.get("/feeds/authorities/nobody/").status_code == 404
    assert client.get("/feeds/issues/?after=x").status_code == 404
    page = client.get("/issues/?kind=thanks").content.decode()
    assert (
        'type="application/atom+xml" title="Благодарности жителей" href="/feeds/issues/?kind='
        in page
    )


def test_the_way_of_one_message_is_a_feed(
    client: Client, publish: Callable[..., Issue], resident: User, message: operations.Message
) -> None:
    issue = publish()
    feed = read(client, f"/feeds/issues/{issue.number}/")
    assert "Сообщение подано" in titles(feed)[-1]
    assert resident.last_name not in etree.tostring(feed, encoding="unicode")
    operations.register_issue(
        by=By.msed(), issue=issue, number="1", registered_on=clock.region_date(clock.now())
    )
    done = operations.Reply(decision="done", text="Яма заделана.", signatory="Ильин И. И.")
    operations.answer_issue(by=By.msed(), issue=issue, reply=done)
    told = read(client, f"/feeds/issues/{issue.number}/")
    assert "Яма заделана." in etree.tostring(told, encoding="unicode")
    hidden = operations.file_issue(by=By.author(resident), message=message)
    assert client.get(f"/feeds/issues/{hidden.number}/").status_code == 404
    assert client.get("/feeds/issues/2020-1/").status_code == 404


@pytest.mark.parametrize("address", ["/feeds/issues/", "/feeds/issues/?q=бегемот"])
def test_who_has_it_already_gets_nothing(
    client: Client, publish: Callable[..., Issue], address: str
) -> None:
    publish()
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (
        client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code
        == 304
    )
    publish(kind="thanks", description="Бегемоту спасибо")
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_shared_cache_keeps_the_languages_apart(
    client: Client, publish: Callable[..., Issue]
) -> None:
    publish()
    feed = client.get("/feeds/issues/")
    assert {name.strip() for name in feed["Vary"].split(",")} >= {"Accept-Language", "Cookie"}

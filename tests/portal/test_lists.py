"""Lists of messages: narrowed, ordered, page by page, and found by words."""

import html
import re
from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from authorities.models import Authority
from common import clock
from geo.models import Municipality, Place
from issues import operations
from issues.models import Issue
from issues.operations.indexing import fold_words
from issues.policies import By
from portal import listing
from portal.forms import SORT_LABELS


def numbers(client: Client, address: str) -> list[str]:
    page = client.get(address, follow=True)
    assert page.status_code == 200
    return re.findall(r'card__link" href="/issues/([\d-]+)/"', page.content.decode())


def test_tabs_and_filters(
    client: Client, publish: Callable[..., Issue], authority: Authority, municipality: Municipality
) -> None:
    problem, thanks = publish(), publish(kind="thanks")
    both = [thanks.number, problem.number]
    assert numbers(client, "/issues/") == both
    assert numbers(client, "/issues/?kind=thanks") == [thanks.number]
    assert numbers(client, "/issues/?state=decided") == []
    assert numbers(client, "/issues/?state=dispatched") == [problem.number]
    assert numbers(client, f"/issues/?authority={authority.slug}") == both
    assert numbers(client, f"/issues/?municipality={municipality.code}&topic=pothole") == both
    assert numbers(client, "/issues/?category=roads&bbox=37,55,37.4,56") == []


def test_a_tab_keeps_the_state_that_was_chosen_and_counts_under_it(
    client: Client, publish: Callable[..., Issue], authority: Authority
) -> None:
    publish()
    publish(kind="thanks")

    def tabs(query: str) -> list[tuple[str, str]]:
        page = html.unescape(client.get(f"/issues/{query}").content.decode())
        return re.findall(r'<li><a href="([^"]*)"[^>]*>[^<]*<span class="tabs__count">(\d+)', page)

    kinds = [f"?state=dispatched&kind={kind}" for kind in ("problem", "proposal", "thanks")]
    addresses = ["?state=dispatched", *kinds, "?state=decided"]
    assert [tab for tab, _ in tabs("?state=dispatched")] == addresses
    assert [told for _, told in tabs("?state=dispatched")] == ["1", "1", "0", "0", "0"]
    # Decisions are a list of their own: who leaves it for another has everything there.
    assert [told for _, told in tabs("?state=decided")] == ["2", "1", "0", "1", "0"]


def test_words_that_only_shut_out_find_nothing_and_the_page_says_why(
    client: Client, publish: Callable[..., Issue], authority: Authority
) -> None:
    publish(description="Яма во дворе")
    page = client.get("/issues/?q=-двор").content.decode()
    assert "Слово с минусом исключает." in page
    assert "Слово с минусом исключает." not in client.get("/issues/?q=слон").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?sort=deadline",
        "?sort=closed",
        "?kind=thanks",
        "?kind=problem&kind=proposal&state=dispatched",
        "?state=decided",
        "?category=roads&bbox=37,55,37.55,56",
        "?q=фонрь",
        "?authority=nobody",
    ],
)
def test_a_tab_says_how_many_it_will_show(
    client: Client, publish: Callable[..., Issue], moderator: User, query: str
) -> None:
    for number in range(3):
        publish(lon=37.2 + number / 5)
    publish(kind="thanks")
    publish(kind="proposal", description="Поставьте фонарь у школы")
    operations.acknowledge_thanks(by=By.moderator(moderator), issue=publish(kind="thanks"))
    today, answered = clock.region_date(clock.now()), publish()
    operations.register_issue(by=By.msed(), issue=answered, number="1", registered_on=today)
    reply = operations.Reply("done", "Яма заделана.", "Громов И. П.")
    operations.answer_issue(by=By.msed(), issue=answered, reply=reply)
    page = client.get(f"/issues/{query}").content.decode()
    tabs = re.findall(r'<li><a href="([^"]*)"[^>]*>[^<]+<span class="tabs__count">(\d+)<', page)
    assert len(tabs) == 5
    for address, told in tabs:
        listed = client.get(f"/issues/{html.unescape(address)}", follow=True).content.decode()
        found = re.search(r'role="status"><strong>(\d+)', listed)
        assert told == (found[1] if found else "0"), address


@pytest.mark.parametrize("path", ["/issues/", "/map/", "/feeds/issues/"])
def test_the_ends_of_the_calendar_are_days_like_others(
    client: Client, publish: Callable[..., Issue], path: str
) -> None:
    publish()
    for days in ("since=0001-01-01", "until=9999-12-31", "since=9999-12-31", "until=0001-01-01"):
        assert client.get(f"{path}?{days}").status_code == 200
    assert len(numbers(client, "/issues/?since=0001-01-01&until=9999-12-31")) == 1
    assert numbers(client, "/issues/?until=0001-01-01") == []


def test_a_value_said_twice_is_heeded_once(client: Client, publish: Callable[..., Issue]) -> None:
    issue = publish()
    said = "&".join(["kind=problem", "state=open"] * 400)
    page = client.get(f"/issues/?{said}").content.decode()
    assert f"/issues/{issue.number}/" in page
    assert len(page) < 400_000


def test_an_unknown_filter_is_said_and_narrows_nothing(
    client: Client, publish: Callable[..., Issue]
) -> None:
    issue = publish()
    assert numbers(client, "/issues/?kind=nonsense&authority=nobody&bbox=x") == [issue.number]
    assert "Это не участок карты" in client.get("/issues/?bbox=x").content.decode()


@pytest.mark.parametrize("sort", SORT_LABELS)
def test_page_after_page_gives_each_message_once(
    client: Client, publish: Callable[..., Issue], monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(listing.read, "__kwdefaults__", {"after": "", "size": 2, "sort": ""})
    issues = [publish() for _ in range(5)]
    # Many have the same key: only the row's number parts them.
    Issue.objects.filter(pk__in=[issue.pk for issue in issues[:3]]).update(support_count=4)
    seen, page = [], f"/issues/?sort={sort}"
    while True:
        text = client.get(page, follow=True).content.decode()
        seen += re.findall(r'card__link" href="/issues/([\d-]+)/"', text)
        following = re.search(r'<link rel="next" href="([^"]+)"', text)
        if not following:
            break
        page = "/issues/" + html.unescape(following[1])
    expected = [] if sort == "closed" else [issue.number for issue in issues]
    assert sorted(seen) == sorted(expected)


@pytest.mark.parametrize(
    "key", ["nonsense", "~", "2026-01-01~x", "~5", "2026-99-99T00:00~1", "2026-01-01T00:00~1"]
)
@pytest.mark.django_db
def test_a_key_that_is_none_leads_to_the_beginning(client: Client, key: str) -> None:
    found = client.get("/issues/", {"after": key})
    assert (found.status_code, found["Location"]) == (302, "/issues/")


def test_words_are_found_by_their_stems_and_numbers_as_they_are(
    client: Client, publish: Callable[..., Issue]
) -> None:
    hole = publish(description="Глубокая яма у школы")
    lamp = publish(description="Не горит фонарь", address="Квадратный, Садовая улица, 5")
    assert numbers(client, "/issues/?q=ямы") == [hole.number]
    assert numbers(client, "/issues/?q=садовой") == [lamp.number]
    assert numbers(client, f"/issues/?q={lamp.number}") == [lamp.number]
    assert numbers(client, f"/issues/?q=№ {lamp.number}") == [lamp.number]
    assert numbers(client, f"/issues/?q={lamp.serial}") == [lamp.number]
    assert numbers(client, "/issues/?q=бегемот") == []
    assert numbers(client, "/issues/?q=99999999999999999999") == []


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=²",
        "q=٢٠٢٦-١",
        "q=-",
        "q=9-9-9",
        "q=%27%22%3B--",
        "q=!!!%26|(",
        "category=%00",
        "authority=%00",
        "bbox=1e400,0,1,1",
        "sort=%00",
        "sort=supported&after=99999999999999999999~99999999999999999999",
    ],
)
@pytest.mark.parametrize("path", ["/issues/", "/map/", "/map/places.json"])
@pytest.mark.django_db
def test_no_words_break_a_page(client: Client, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code in (200, 302)


def test_a_page_of_a_list_costs_the_same_for_one_and_for_many(
    client: Client,
    publish: Callable[..., Issue],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        publish()
    with django_assert_max_num_queries(12):
        assert len(numbers(client, "/issues/?topic=pothole&authority=square&category=roads")) == 5


def test_where_nothing_is_found_the_place_and_the_topic_that_may_be_meant_are_offered(
    client: Client, publish: Callable[..., Issue]
) -> None:
    publish(address="Луговая, 3")
    fold_words()
    Place.objects.create(
        kind="settlement",
        name="Квадратный",
        label="Квадратный",
        point=Point(37.5, 55.5, srid=4326),
        population=90000,
        source_id="1",
    )
    text = client.get("/issues/?q=кводратный").content.decode()
    assert "Искать это место на карте:" in text
    assert "/map/?q=%D0%9A%D0%B2%D0%B0" in text
    assert (
        '?topic=pothole">Яма на дороге' in client.get("/issues/?q=ямв&kind=thanks").content.decode()
    )
    assert "Возможно, вы ищете" not in client.get("/issues/?q=хчъъ").content.decode()


def test_every_part_of_a_filter_is_taken_away_by_a_link(
    client: Client, publish: Callable[..., Issue]
) -> None:
    publish()
    page = client.get(
        "/issues/?kind=problem&category=roads&state=open&state=closed&q=яма&since=2026-01-01"
    )
    chips = {chip.value: chip.without for chip in page.context["chips"]}
    assert set(chips) == {"Дороги", "ждёт ответа", "закрыто", "«яма»", "публикация с 1 января 2026"}
    assert "state=closed" in chips["ждёт ответа"]
    assert "state=open" not in chips["ждёт ответа"]
    assert all("kind=problem" in without for without in chips.values())
    for without in chips.values():
        assert f'href="{html.escape(without)}"' in page.content.decode()


def test_an_address_carries_only_what_narrows(
    client: Client, publish: Callable[..., Issue]
) -> None:
    publish()
    found = client.get("/issues/?q=&sort=newest&topic=&since=&by=published&category=roads&bbox=")
    assert (found.status_code, found["Location"]) == (302, "/issues/?category=roads")
    assert client.get("/issues/?category=roads").status_code == 200
    assert client.get("/issues/?q=яма&sort=newest").status_code == 200


def test_a_period_is_of_the_publication_the_answer_or_the_end(
    client: Client, publish: Callable[..., Issue]
) -> None:
    issue = publish()
    today = clock.region_date(clock.now()).isoformat()
    assert numbers(client, "/issues/?since=2020-01-01&until=2099-01-01") == [issue.number]
    assert numbers(client, "/issues/?until=2020-01-01") == []
    assert numbers(client, f"/issues/?since={today}&by=answered") == []
    assert numbers(client, "/issues/?until=2099-01-01&by=closed") == []


def test_mistyped_words_are_read_as_they_were_meant_and_marked(
    client: Client,
    publish: Callable[..., Issue],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lamp = publish(description="Не горит <b>фонарь</b>, темно")
    fold_words()
    with django_assert_max_num_queries(16):  # four of them once a minute
        page = client.get("/issues/?q=фанарь")
    text = page.content.decode()
    assert lamp.number in text
    assert "По запросу «фанарь» ничего нет" in text
    assert "&lt;b&gt;<mark>фонарь</mark>&lt;/b&gt;" in text
    assert client.get("/issues/?q=ajyfhm").context["listing"].reading.search.text == "фонарь"


def test_words_typed_on_the_plain_list_bring_the_best_first(
    client: Client, publish: Callable[..., Issue]
) -> None:
    publish()
    page = client.get("/issues/?sort=newest", follow=True).content.decode()
    assert '<option value="" selected>сначала новые</option>' in page
    assert 'value="newest"' not in page
    told = client.get("/issues/?q=яма&sort=", follow=True).content.decode()
    assert '<option value="" selected>сначала самые подходящие</option>' in told
    told = client.get("/issues/?q=яма&sort=newest").content.decode()
    assert '<option value="newest" selected>сначала новые</option>' in told


def test_what_is_searched_for_is_counted_ranked_and_paged(
    client: Client, publish: Callable[..., Issue], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(description="Яма у дома, большая яма, глубокая яма")
    publish(description="На улице темно, скользко и грязно, да ещё и яма под снегом")
    best = publish(description="Яма, яма, яма")
    monkeypatch.setattr(listing.read, "__kwdefaults__", {"after": "", "size": 2, "sort": ""})
    first = client.get("/issues/?q=яма")
    assert first.context["listing"].count == 3
    shown = [card.issue.number for card in first.context["listing"].cards]
    assert shown[0] == best.number
    second = client.get("/issues/?q=яма&after=2").context["listing"]
    assert len(second.cards) == 1
    assert {card.issue.number for card in second.cards}.isdisjoint(shown)
    assert client.get("/issues/?q=яма&after=x").status_code == 302


def test_an_order_that_leaves_messages_out_says_so(
    client: Client, publish: Callable[..., Issue]
) -> None:
    due = publish()
    publish(kind="thanks")
    page = client.get("/issues/?sort=deadline")
    assert [card.issue.number for card in page.context["listing"].cards] == [due.number]
    assert (page.context["listing"].count, page.context["listing"].left_out) == (1, 1)
    assert "по которым ждут ответа" in page.content.decode()

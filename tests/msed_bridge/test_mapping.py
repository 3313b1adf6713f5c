"""The table between the portal and МСЭД: complete, and true to the schema in the odd cases too."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from accounts.models import User
from authorities.models import Authority, Kind, Topic
from common import clock, outbox
from issues import operations
from issues.models import Issue
from issues.policies import By
from msed_bridge import mapping, soap
from msed_bridge import operations as bridge
from msed_bridge.models import Exchange

pytestmark = pytest.mark.django_db
XS = "{http://www.w3.org/2001/XMLSchema}"


def enumerated(type_name: str) -> set[str]:
    """Values that the schema allows for a simple type."""
    schema = etree.parse(str(soap.contract_file("msed-types.xsd")))
    found = schema.find(f".//{XS}simpleType[@name='{type_name}']")
    assert found is not None
    return {value.get("value", "") for value in found.iter(f"{XS}enumeration")}


def told() -> Iterator[str]:
    schema = etree.parse(str(soap.contract_file("msed-types.xsd")))
    notification = schema.find(f".//{XS}complexType[@name='Notification']/{XS}choice")
    assert notification is not None
    for element in notification:
        yield element.get("name", "")


def sent(issue: Issue) -> etree._Element:
    """The last message in the books about an issue."""
    outbox.deliver_due("msed")
    exchange = Exchange.objects.filter(issue=issue).latest("pk")
    assert exchange.state == "waiting", exchange.fault_text
    return soap.element(bytes(exchange.body))


def test_the_table_knows_every_word_of_the_schema() -> None:
    assert set(mapping.incoming._OPERATIONS) == set(told())
    assert set(mapping.DECISIONS) == enumerated("Decision")
    assert set(mapping.KINDS) == set(Kind.values)
    assert set(mapping.KINDS.values()) <= enumerated("AppealKind")


def test_an_appeal_says_what_the_author_wrote_and_by_when_an_answer_is_due(
    published: Issue,
) -> None:
    appeal = sent(published).find(soap.tag("appeal"))
    assert appeal is not None
    assert published.answer_due_at is not None

    assert appeal.get("uid") == str(published.uid)
    assert soap.text(appeal, "num/number") == published.number
    assert soap.text(appeal, "kind") == "Проблема"
    assert soap.text(appeal, "text") == published.description
    assert soap.text(appeal, "correspondent/lastName") == "Иванова"
    assert soap.text(appeal, "location/latitude") == "55.5000000"
    last_day = clock.region_date(published.answer_due_at) - timedelta(days=1)
    assert clock.end_of_day(last_day) == published.answer_due_at
    assert soap.text(appeal, "controlDate") == last_day.isoformat()


def test_a_nameless_author_and_letters_that_xml_can_not_hold_do_no_harm(
    message: operations.Message,
    authority: Authority,
    resident: User,
    moderator: User,
    topic: Topic,
) -> None:
    resident.first_name = resident.last_name = ""
    resident.save()
    topic.questions = [{"code": "depth", "type": "number", "label": "Какая глубина, см?"}]
    topic.save()
    words = "Яма\x0b\ufffe & <ров> " + "очень " * 12_000
    issue = operations.file_issue(
        by=By.author(resident),
        message=replace(message, description=words, details={"depth": 12}),
    )
    operations.accept_issue(by=By.moderator(moderator), issue=issue)

    appeal = sent(issue).find(soap.tag("appeal"))
    assert appeal is not None
    assert soap.text(appeal, "correspondent/lastName") == "Не указано"
    assert soap.text(appeal, "text").startswith("Яма & <ров> очень")


def test_answers_to_the_questions_of_a_topic_follow_the_text(
    published: Issue, topic: Topic
) -> None:
    topic.questions = [{"code": "depth", "type": "number", "label": "Какая глубина, см?"}]
    topic.save()
    Issue.objects.filter(pk=published.pk).update(details={"depth": 12, "urgent": True})

    appeal = sent(published).find(soap.tag("appeal"))
    assert appeal is not None
    assert soap.text(appeal, "text").endswith("Какая глубина, см? 12\nurgent да")


def test_what_the_schema_refuses_waits_for_a_person_and_is_written_anew(
    published: Issue, topic: Topic
) -> None:
    Topic.objects.filter(pk=topic.pk).update(classifier_code="wrong")
    outbox.deliver_due("msed")
    failed = Exchange.objects.get()
    assert (failed.state, failed.fault_code) == ("failed", "SCHEMA")

    Topic.objects.filter(pk=topic.pk).update(classifier_code="0005.0005.0056.1154")
    anew = bridge.resend(by="test", exchange=failed)

    assert anew.state == "waiting"
    assert soap.element(bytes(anew.body)) is not None


def test_an_authority_with_a_cabinet_is_not_told_through_msed(
    issue: Issue, moderator: User
) -> None:
    assert issue.authority is not None
    issue.authority.exchange = "cabinet"
    issue.authority.save()
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    operations.withdraw_issue(by=By.author(issue.author), issue=issue)  # type: ignore[arg-type]

    outbox.deliver_due("msed")

    assert not Exchange.objects.exists()


def test_an_event_is_told_once(published: Issue) -> None:
    outbox.deliver_due("msed")
    (event,) = published.events.filter(action="dispatch")

    with pytest.raises(Exception, match="exchange_event_once"):
        bridge.note_event(event.pk)


def test_a_withdrawal_without_words_has_some_all_the_same(published: Issue, resident: User) -> None:
    operations.withdraw_issue(by=By.author(resident), issue=published)

    withdrawal = sent(published)

    assert soap.text(withdrawal, "purpose") == "Отзыв"
    assert soap.text(withdrawal, "text") == "Без комментария"
    assert uuid.UUID(withdrawal[0].get("uid"))

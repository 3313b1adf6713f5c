"""Templates of answers: an authority keeps its own and reads the common ones."""

import pytest
from django.test import Client

from authorities.models import Authority
from cabinet.models import AnswerTemplate


@pytest.fixture(autouse=True)
def common(db: None) -> AnswerTemplate:
    """One that a migration brings; a test that commits takes it away from those after it."""
    template, _made = AnswerTemplate.objects.get_or_create(
        authority=None, name="Работа выполнена", defaults={"text": "По сообщению № {number}: ___."}
    )
    return template


def test_an_authority_keeps_its_own_templates(desk: Client, authority: Authority) -> None:
    page = desk.get("/cabinet/templates/").content.decode()
    assert "Работа выполнена" in page  # common to all from the start
    fields = {"name": "Яма", "decision": "done", "text": "Яма по адресу {address} заделана."}
    desk.post("/cabinet/templates/new/", fields)
    template = AnswerTemplate.objects.get(authority=authority)
    again = desk.post("/cabinet/templates/new/", fields).content.decode()
    assert "There is a template of this name already" in again
    desk.post(f"/cabinet/templates/{template.pk}/", fields | {"name": "Яма на дороге"})
    template.refresh_from_db()
    assert template.name == "Яма на дороге"
    desk.post(f"/cabinet/templates/{template.pk}/delete/")
    assert not AnswerTemplate.objects.filter(authority=authority).exists()


def test_a_placeholder_that_nothing_fills_in_is_refused(desk: Client) -> None:
    fields = {"name": "Яма", "text": "{number}, {phone} и {author.password}"}
    page = desk.post("/cabinet/templates/new/", fields).content.decode()
    assert "can not fill in: {phone}" in page
    assert not AnswerTemplate.objects.filter(name="Яма").exists()


def test_common_and_neighbours_templates_are_not_changed(
    desk: Client, common: AnswerTemplate
) -> None:
    other = Authority.objects.create(
        slug="other", name="Сосед", level="municipal", exchange="cabinet"
    )
    theirs = AnswerTemplate.objects.create(authority=other, name="Чужой", text="Текст")
    assert "Чужой" not in desk.get("/cabinet/templates/").content.decode()
    for template in (theirs, common):
        assert desk.get(f"/cabinet/templates/{template.pk}/").status_code == 404
        assert desk.post(f"/cabinet/templates/{template.pk}/delete/").status_code == 404
    assert AnswerTemplate.objects.filter(pk__in=[theirs.pk, common.pk]).count() == 2

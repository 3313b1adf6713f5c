"""While a web process reads its messages, readers are told to come again."""

import pytest
from django.test import Client

from issues import columns
from issues.columns import BusyError


@pytest.mark.django_db
def test_who_comes_too_early_is_told_when_to_come_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise BusyError

    monkeypatch.setattr(columns, "current", busy)
    for path in (
        "/map/",
        "/map/?part=list",
        "/map/issues.json?bbox=37,55,38,56&zoom=8",
        "/issues/",
    ):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert answer["Retry-After"] == "5"
    assert "Одну минуту" in client.get("/map/").content.decode()

"""The measurement of the queue walks by what the page itself offers."""

from collections.abc import Callable

from django.test import Client

from accounts.models import Role, User
from bench.moderation import _narrowed


def test_each_filter_of_the_page_is_walked(make_user: Callable[..., User]) -> None:
    client = Client()
    client.force_login(make_user(Role.MODERATOR))
    paths = _narrowed(client.get("/moderation/").content.decode())
    names = {path.split("?")[1].split("=")[0] for path in paths}
    assert {"kind", "channel", "finding", "standing"} <= names
    assert all(client.get(path).status_code == 200 for path in paths)

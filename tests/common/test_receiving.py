"""Uploads on their way in: what is refused anyway takes no room, and the form around it stays."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts.models import User
from common import receiving, uploads


@contextmanager
def sent(user: User | AnonymousUser, *files: bytes) -> Iterator[HttpRequest]:
    named = [SimpleUploadedFile(f"{number}.jpg", data) for number, data in enumerate(files)]
    request = RequestFactory().post("/", {"before": "1", "files": named, "words": "яма"})
    request.user = user
    with closing(request):
        yield request


def test_a_file_that_is_too_long_is_cut_and_the_rest_stays() -> None:
    with sent(User(), b"a" * (uploads.MAX_BYTES + 5_000_000), b"b" * 3_000_000, b"c") as request:
        long, middle, short = request.FILES.getlist("files")
        assert (long.size, middle.size, short.read()) == (uploads.MAX_BYTES + 1, 3_000_000, b"c")
        with pytest.raises(uploads.UploadRefusedError) as refused:
            uploads.examine(long, name=long.name or "")
        assert (refused.value.name, refused.value.refusal) == ("0.jpg", uploads.Refusal.TOO_LONG)
        assert request.POST["words"] == "яма"


def test_a_strangers_files_are_not_kept() -> None:
    with sent(AnonymousUser(), b"a" * 5_000_000) as request:
        assert [file.size for file in request.FILES.getlist("files")] == [0]
        assert request.POST["words"] == "яма"


def test_an_endless_request_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MAX_REQUEST_BYTES", 1000)
    with sent(User(), b"a" * 2000) as request, pytest.raises(RequestDataTooBig):
        request.POST.get("words")


@pytest.mark.django_db
def test_a_stranger_is_told_to_log_in_and_loses_no_words(client: Client) -> None:
    form: dict[str, Any] = {"description": "У дома яма.", "photos": SimpleUploadedFile("a", b"a")}
    client.post("/new/files/?fragment", form)
    assert client.session["draft"]["description"] == "У дома яма."
    assert settings.FILE_UPLOAD_HANDLERS[0] == "common.receiving.Gate"

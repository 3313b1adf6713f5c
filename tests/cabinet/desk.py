"""An officer's hands: forms sent as they are drawn."""

import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from common import clock
from issues.models import Issue


def today() -> str:
    return clock.region_date(clock.now()).isoformat()


def photo(name: str = "после.jpg") -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    return SimpleUploadedFile(name, picture.getvalue(), "image/jpeg")


def do(desk: Client, issue: Issue, action: str, **fields: object) -> str:
    """Sends one form as it is drawn; the page that follows, as text."""
    issue.refresh_from_db()
    fields = {"seen": issue.event_count} | fields
    response = desk.post(f"/cabinet/{issue.number}/{action}/", fields, follow=True)
    assert response.status_code == 200
    issue.refresh_from_db()
    return str(response.content.decode())


def offered(desk: Client, issue: Issue) -> list[str]:
    return [name for name, _form in desk.get(f"/cabinet/{issue.number}/").context["acts"]]


def write(desk: Client, issue: Issue, **fields: object) -> str:
    """Writes an answer and asks for its preview; the page that follows."""
    given = {"decision": "done", "preview": "1"} | fields
    given.setdefault(
        "signatory",
        desk.get(f"/cabinet/{issue.number}/answer/")
        .context["form"]
        .fields["signatory"]
        .queryset[0]
        .pk,
    )
    response = desk.post(f"/cabinet/{issue.number}/answer/", given, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def send(desk: Client, issue: Issue, preview: str, **fields: object) -> str:
    """Presses the button of a preview; the page that follows."""
    hidden = dict(re.findall(r'name="(seen|version)" value="([^"]+)"', preview))
    response = desk.post(f"/cabinet/{issue.number}/answer/send/", hidden | fields, follow=True)
    assert response.status_code == 200
    issue.refresh_from_db()
    return str(response.content.decode())


def answer(desk: Client, issue: Issue, text: str, **fields: object) -> str:
    """Writes an answer, reads it, and sends it whatever the check says."""
    return send(desk, issue, write(desk, issue, text=text, **fields))

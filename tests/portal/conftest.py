"""Messages that the public reads, wherever a test wants them; and what filing one takes."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from authorities.models import Topic
from geo.models import Municipality, Place


# --- Filing -------------------------------------------------------------------------------------------
@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    """The folder of a test's own files."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def place(municipality: Municipality) -> Place:
    return Place.objects.create(
        kind="house",
        name="1",
        label="Квадратный, улица Мира, 1",
        point=Point(37.5, 55.5, srid=4326),
        source_id="1",
    )


@pytest.fixture
def logged_in(client: Client, resident: User, media: Path) -> Client:
    client.force_login(resident)
    return client


@pytest.fixture
def whole(topic: Topic) -> dict[str, Any]:
    """The last step's form."""
    return {
        "uid": str(uuid.uuid4()),
        "kind": "problem",
        "topic": topic.code,
        "address": "Квадратный, улица Мира, 1",
        "lon": "37.5",
        "lat": "55.5",
        "description": "У дома яма, машины объезжают её по тротуару.",
    }

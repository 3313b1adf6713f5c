"""What a test needs to see of МСЭД, and time that passes for the portal's books."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PIL import Image

from common import clock
from issues.models import Issue
from msed_bridge.models import Exchange, FileTransfer, Partner
from tests.reference_servers.msed_process import Msed

Work = Callable[[], None]
Reach = Callable[[Issue, str], Issue]


def due_now() -> None:
    """Time passes: what was put off is due, a dead worker's lease has ended, the breaker tries."""
    past = clock.now() - timedelta(seconds=1)
    Exchange.objects.filter(state="waiting").update(next_attempt_at=past)
    Exchange.objects.filter(leased_until__isnull=False).update(leased_until=past)
    FileTransfer.objects.filter(state="waiting").update(next_attempt_at=past)
    Partner.objects.filter(open_until__isnull=False).update(open_until=past)


def appeals(msed: Msed) -> dict[str, Any]:
    return {appeal["uid"]: appeal for appeal in msed.state()["appeals"]}


def picture(shade: int) -> io.BytesIO:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), (shade, 120, 90)).save(drawn, "JPEG")
    drawn.seek(0)
    return drawn

"""What stands before the portal in production: nobody reaches the end-point of МСЭД past its certificate."""

import re
from pathlib import Path

from django.conf import settings

DOCKER = Path(settings.BASE_DIR) / "docker"


def test_only_the_demo_lets_msed_in_without_a_certificate() -> None:
    production = (DOCKER / "nginx" / "portal.conf").read_text(encoding="utf-8")
    demo = (DOCKER / "nginx" / "demo.conf").read_text(encoding="utf-8")
    assert re.findall(r"listen\s+(\S+?);?(?:\s|$)", production) == ["8080", "8443"]
    msed = production.split("location /msed/callback/ {")[1].split("\n    }")[0]
    assert "$ssl_client_verify != SUCCESS" in msed
    assert "ssl_client_verify" not in demo

    services = re.split(
        r"^  (?=[a-z-]+:$)", (DOCKER / "compose.yaml").read_text("utf-8"), flags=re.M
    )
    using = [service for service in services if "demo.conf" in service]
    assert [service.splitlines()[:2] for service in using] == [
        ["demo-nginx:", "    profiles: [demo]"]
    ]

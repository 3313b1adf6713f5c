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


def test_what_nginx_itself_says_gets_through_and_needs_nothing_of_the_portal() -> None:
    production = (DOCKER / "nginx" / "portal.conf").read_text(encoding="utf-8")
    own = production.split("location /nginx/ {")[1].split("\n    }")[0]
    # Over HTTP/2 the size of a form that was refused is looked at again where its page is taken from.
    assert "client_max_body_size 0;" in own
    pages = DOCKER / "nginx" / "pages"
    named = re.findall(r"error_page .* /nginx/(\S+);", production)
    assert sorted(named) == sorted(page.name for page in pages.iterdir())
    for page in pages.iterdir():
        words = page.read_text(encoding="utf-8")
        assert set(re.findall(r'(?:href|src)="([^"]*)"', words)) <= {"", "/", "tel:112"}, page
        assert "<script" not in words

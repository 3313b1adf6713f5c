"""The settings that processes are started with on one machine."""

import pytest

from tools import environment
from tools.checkout import Checkout
from tools.ports import Ports


@pytest.fixture
def ports(checkout: Checkout) -> Ports:
    made = Ports(checkout.run / "ports.json")
    made.claim(["postgres", "redis", "mail_smtp", "mail_web", "msed"])
    return made


def test_everything_is_our_own_unless_given(checkout: Checkout, ports: Ports) -> None:
    own = environment.settings(checkout, ports, {})
    assert own["DATABASE_URL"].startswith("postgis://portal:")
    assert own["DATABASE_URL"].endswith(f"@127.0.0.1:{ports['postgres']}/portal")
    assert own["DEBUG"] == "false"
    assert environment.server_ports({}) == ["postgres", "redis"]


def test_given_servers_take_the_place_of_ours(checkout: Checkout, ports: Ports) -> None:
    given = {
        "DATABASE_URL": "postgis://db.example/portal",
        "MSED_URL": "https://msed.example/soap",
        "MEDO_FOLDER": "/srv/medo",
    }
    own = environment.settings(checkout, ports, given)
    assert own["DATABASE_URL"] == given["DATABASE_URL"]
    assert own["MSED_URL"] == given["MSED_URL"]
    assert environment.server_ports(given) == ["redis"]
    names = [program.name for program in environment.portal(checkout, ports, given, own)]
    assert own["MEDO_FOLDER"] == "/srv/medo"
    assert not {"msed", "medo"} & set(names)
    assert "mail" in names


def test_no_password_stands_on_a_command_line(checkout: Checkout, ports: Ports) -> None:
    own = environment.settings(checkout, ports, {})
    for program in environment.portal(checkout, ports, {}, own):
        line = " ".join(map(str, program.command))
        assert not any(secret in line for secret in checkout.secrets.values())

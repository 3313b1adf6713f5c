"""Ports stay the same between two starts, unless somebody else listens there."""

import socket
from pathlib import Path

from tools.ports import CANDIDATES, HOST, Ports, is_free


def test_chosen_once_and_kept(tmp_path: Path) -> None:
    first = Ports(tmp_path / "ports.json")
    first.claim(["postgres", "redis"])
    assert first["postgres"] != first["redis"]
    assert {first["postgres"], first["redis"]} <= set(CANDIDATES)
    again = Ports(tmp_path / "ports.json")
    again.claim(["postgres", "redis"])
    assert (again["postgres"], again["redis"]) == (first["postgres"], first["redis"])


def test_chosen_anew_when_taken_by_somebody_else(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    ports.claim(["postgres", "redis"])
    postgres, redis = ports["postgres"], ports["redis"]
    with socket.socket() as other:
        other.bind((HOST, postgres))
        other.listen()
        assert not is_free(postgres)
        ports.claim(["postgres", "redis"])
    assert ports["postgres"] != postgres
    assert ports["redis"] == redis
    assert Ports(tmp_path / "ports.json")["postgres"] == ports["postgres"]

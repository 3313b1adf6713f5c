"""The port of address search: text → places, point → address; and the gazetteer that is built in."""

from typing import Protocol

from geo import queries
from geo.queries import FoundPlace


class Geocoder(Protocol):
    """Finds places by address and addresses by point."""

    def search(self, text: str, *, limit: int = 8) -> list[FoundPlace]:
        """Places by what somebody types of an address, the likeliest first."""
        ...

    def reverse(self, lon: float, lat: float) -> FoundPlace | None:
        """What is nearest to a point (WGS 84 degrees), None where nothing is near."""
        ...


class Gazetteer:
    """The places in our own database: it needs no network (R3.3)."""

    def search(self, text: str, *, limit: int = 8) -> list[FoundPlace]:
        """Places by words in any order, the last one unfinished, with typing mistakes."""
        return queries.find_places(text=text, limit=limit)

    def reverse(self, lon: float, lat: float) -> FoundPlace | None:
        """The nearest house within 60 m, else street within 400 m, else settlement within 15 km."""
        return queries.place_near(lon=lon, lat=lat)

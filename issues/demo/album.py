"""The demo's photographs by topic: a few streets for each scene, before and after."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from random import Random

from common import uploads
from issues.demo import pictures

STREETS = 3
"""How many different streets are drawn for each scene."""

_SCENE_OF_TOPIC: Mapping[str, str] = {
    "roads_pothole": "road",
    "roads_repair": "road",
    "roads_bad_repair": "road",
    "yards_asphalt": "road",
    "waste_not_collected": "bin",
    "waste_containers": "bin",
    "waste_dump": "bin",
    "waste_bulky": "bin",
    "yards_playground": "yard",
    "yards_benches": "yard",
    "improvement_public_play": "yard",
    "improvement_park": "yard",
    "roads_lighting": "bulb",
    "yards_light": "bulb",
    "housing_roof": "house",
    "housing_overhaul": "house",
    "improvement_trees": "leaf",
    "yards_trees": "leaf",
    "nature_forest": "leaf",
    "transport_stop": "bus",
}


class Album:
    """Chooses a photo; each drawing goes through the same examination as a resident's file."""

    scenes = frozenset(_SCENE_OF_TOPIC)

    def __init__(self, random: Random) -> None:
        self._first = random.randint(1, 1000)

    def photo(self, topic: str, number: int, *, repaired: bool = False) -> uploads.Upload:
        """The photo of the `number`-th message on a topic, before or after the repair."""
        return _photo(_SCENE_OF_TOPIC[topic], self._first + number % STREETS, repaired)


@cache
def _photo(scene: str, street: int, repaired: bool) -> uploads.Upload:
    name = "после.jpg" if repaired else "фото.jpg"
    return uploads.examine(BytesIO(pictures.draw(scene, seed=street, repaired=repaired)), name=name)

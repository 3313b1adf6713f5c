"""The catalogue of topics: stored as it is written, the same twice, and refused with the place of each fault."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from authorities.models import Category, Topic
from authorities.topic_queries import find_topics

TOPICS = Path(__file__).resolve().parents[2] / "fixtures" / "topics"


def imported(folder: Path = TOPICS) -> str:
    out = StringIO()
    call_command("import_topics", str(folder), stdout=out)
    return out.getvalue()


def names(text: str, kind: str = "") -> list[str]:
    return [topic.name for topic in find_topics(text=text, kind=kind)]


@pytest.mark.django_db
class TestImport:
    def test_the_catalogue_is_stored_whole_and_twice_is_once(self) -> None:
        imported()
        count = Topic.objects.count()
        assert count >= 125
        assert Category.objects.count() >= 17
        lift = Topic.objects.get(code="housing_elevator")
        assert (lift.name_en, lift.level, lift.category.code) == (
            "Lift out of order",
            "contractor",
            "housing",
        )
        assert lift.notice_en.startswith("If people are trapped")
        assert {"problem", "thanks"} <= lift.examples.keys()
        assert imported().startswith("categories and topics: 0 new, 0 changed")
        assert Topic.objects.count() == count

    def test_what_is_taken_out_is_switched_off_and_comes_back(self, tmp_path: Path) -> None:
        folder = tmp_path / "topics"
        shutil.copytree(TOPICS, folder)
        imported(folder)
        file = folder / "12-housing.yaml"
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        taken = content["topics"].pop(0)
        content["topics"][0]["term_days"] = 3
        file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        said = imported(folder)
        assert "0 new" in said
        assert "1 switched off" in said
        assert not Topic.objects.get(code=taken["code"]).is_active
        assert Topic.objects.get(code=content["topics"][0]["code"]).term_days == 3
        imported()
        assert Topic.objects.get(code=taken["code"]).is_active

    def test_every_fault_is_named_and_nothing_is_stored(self, tmp_path: Path) -> None:
        good = {
            "code": "pit",
            "name": "Яма",
            "name_en": "Pit",
            "kinds": ["problem"],
            "term_days": 5,
            "level": "municipal",
            "classifier_code": "0005.0005.0056.1154",
            "keywords": ["яма"],
        }
        topics = [
            good | {"code": "kind", "kinds": ["complaint"]},
            good | {"code": "term", "term_days": 90},
            good | {"code": "odd", "colour": "red"},
            {"code": "empty"},
            good | {"code": "asks", "questions": [{"code": "q", "type": "photo"}]},
            good,
            good,
        ]
        content = {"code": "roads", "name": "Дороги", "name_en": "Roads", "icon": "road"}
        for name, written in {
            "01-roads.yaml": yaml.safe_dump(content | {"topics": topics}, allow_unicode=True),
            "02-broken.yaml": "code: [",
            "03-short.yaml": "code: short",
            "04-twin.yaml": yaml.safe_dump(content | {"topics": [good]}, allow_unicode=True),
            "05-twin.yaml": yaml.safe_dump(content | {"topics": []}, allow_unicode=True),
        }.items():
            (tmp_path / name).write_text(written, encoding="utf-8")
        with pytest.raises(CommandError) as refused:
            imported(tmp_path)
        said = str(refused.value)
        for words in (
            "01-roads.yaml, topic kind: kinds:",
            "01-roads.yaml, topic term: term_days:",
            "01-roads.yaml, topic odd: unknown: colour",
            "01-roads.yaml, topic empty: missing: classifier_code",
            "01-roads.yaml, topic asks: question q: type 'photo'",
            "02-broken.yaml: not readable as YAML",
            "03-short.yaml: exactly code, icon",
            "category roads: in roads and in roads",
        ):
            assert words in said
        assert not Topic.objects.exists()
        with pytest.raises(CommandError, match=r"there are no \.yaml files"):
            imported(tmp_path / "nowhere")


@pytest.mark.django_db
def test_topics_are_found_as_people_type() -> None:
    imported()
    assert names("лифт")[0] == "Лифт не работает"
    assert names("лиф")[0] == "Лифт не работает"
    assert names("lift")[0] == "Лифт не работает"
    assert names("уборкой подъездов")[0] == "Уборка подъезда"
    assert "Не вывозят мусор" in names("мусар"), "a typing mistake"
    assert "Течёт крыша" in names("течет крыша"), "without the dots of ё"
    assert names("протекает крыша")[0] == "Течёт крыша", "one word of two"
    assert names("яма на дороге")[0] == "Яма на дороге"
    assert len(names("")) == 10
    assert names("ъъъъъ") == []
    assert all(topic.kinds.count("thanks") for topic in find_topics(text="двор", kind="thanks"))
    for odd in ("%", "\\", "(", "[a", "'", "-", "_" * 300, "на"):
        assert isinstance(names(odd), list)
    Topic.objects.filter(name="Лифт не работает").update(is_active=False)
    assert "Лифт не работает" not in names("лифт")

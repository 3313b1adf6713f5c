"""The timeline verified by others than the portal: the stand-alone file, and the browser's own script through Node."""

import copy
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from accounts.models import User
from common import canonical, clock
from issues import operations, timeline
from issues.models import Issue
from issues.policies import By

ROOT = Path(settings.BASE_DIR)
VERIFIER = ROOT / "portal" / "static" / "portal" / "verify.py"
ESBUILD = ROOT / "node_modules" / ".bin" / "esbuild"

READER = """
import {{ createInterface }} from "node:readline";
import {{ read }} from "{0}/frontend/src/verify/canonical.ts";
import {{ check, departure }} from "{0}/frontend/src/verify/chain.ts";

for await (const line of createInterface({{ input: process.stdin }})) {{
  const [task, ...texts] = JSON.parse(line);
  let told;
  try {{
    if (task === "canonical") told = read(texts[0]).text;
    if (task === "check") told = (await check(texts[0])).verdicts.map((one) => one.faults);
    if (task === "departure") told = departure(await check(texts[0]), await check(texts[1]));
  }} catch (error) {{
    told = error.name;
  }}
  console.log(JSON.stringify(told));
}}
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Asks the browser's script, in one process of Node."""
    node = shutil.which("node")
    if node is None or not ESBUILD.exists():
        pytest.skip("the frontend's packages are not installed: npm ci")
    folder = tmp_path_factory.mktemp("script")
    (folder / "reader.ts").write_text(READER.format(ROOT.as_posix()))
    built = folder / "reader.mjs"
    options = ("--bundle", "--platform=node", "--format=esm", "--log-level=error")
    subprocess.run(
        [ESBUILD, folder / "reader.ts", *options, f"--outfile={built}"],
        check=True,
    )
    with subprocess.Popen(
        [node, built], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as running:
        assert running.stdin
        assert running.stdout
        asked, told = running.stdin, running.stdout

        def ask(task: str, *texts: str) -> Any:
            asked.write(json.dumps([task, *texts]) + "\n")
            asked.flush()
            return json.loads(told.readline())

        yield ask
        asked.close()


@pytest.fixture
def told(client: Client, published: Issue) -> dict[str, Any]:
    """The downloaded timeline of a registered message."""
    today = clock.region_date(clock.now())
    operations.register_issue(by=By.msed(), issue=published, number="ПГ-7", registered_on=today)
    found: dict[str, Any] = client.get(f"/issues/{published.number}/timeline.json").json()
    return found


Tampering = Callable[[dict[str, Any]], object]
TAMPERINGS: dict[str, tuple[Tampering, str, str]] = {
    "an entry changed": (
        lambda t: t["entries"][1].update(at="2020-01-01T00:00:00.000000Z"),
        "entry 2 was changed",
        "changed",
    ),
    "an entry removed": (
        lambda t: t["entries"].pop(1),
        "entry 2 is missing, 3 stands in its place",
        "missing",
    ),
    "words changed": (
        lambda t: t["entries"][2].update(note="Другие слова"),
        "the words of entry 3 were changed",
        "words",
    ),
    "a fact added": (
        lambda t: t["entries"][0]["data"].update(stars=5),
        "entry 1 was changed",
        "changed",
    ),
    "another number": (
        lambda t: t.update(number="2026-999"),
        "entry 1 belongs to message",
        "foreign",
    ),
}


def run(tmp_path: Path, *timelines: Any, arguments: tuple[str, ...] = ()) -> tuple[int, str]:
    """The stand-alone file on some timelines: how it ended and what it said."""
    names = []
    for number, one in enumerate(timelines):
        names.append(tmp_path / f"{number}.json")
        text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False, indent=2)
        names[-1].write_text(text, encoding="utf-8")
    earlier = ["--earlier", str(names[1])] if len(names) > 1 else []
    done = subprocess.run(
        # -I -S: neither our packages nor any others are at hand.
        [sys.executable, "-I", "-S", "-X", "utf8", VERIFIER, names[0], *earlier, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


def test_the_file_finds_a_whole_timeline_whole(tmp_path: Path, told: dict[str, Any]) -> None:
    last = told["entries"][-1]["hash"]
    code, said = run(tmp_path, told)
    assert (code, said) == (0, f"whole: {len(told['entries'])} entries, the last hash is {last}\n")
    assert "всё цело" in run(tmp_path, told, arguments=("--ru",))[1]


@pytest.mark.parametrize("name", TAMPERINGS)
def test_all_three_find_what_was_tampered_with(
    tmp_path: Path, told: dict[str, Any], script: Callable[..., Any], name: str
) -> None:
    tamper, said, code = TAMPERINGS[name]
    tamper(told)
    ended, words = run(tmp_path, told)
    assert ended == 1
    assert said in words
    faults = script("check", json.dumps(told))
    assert code in [fault for entry in faults for fault in entry]
    if code != "foreign":  # the portal's own check is asked for entries alone
        assert said in timeline.faults(told["entries"])


def test_a_chain_written_anew_is_given_away_by_an_earlier_copy(
    tmp_path: Path, told: dict[str, Any], script: Callable[..., Any]
) -> None:
    forged, previous = copy.deepcopy(told), ""
    for entry in forged["entries"]:
        entry["at"] = "2020" + entry["at"][4:]
        entry["previous_hash"] = previous
        covered = {k: v for k, v in entry.items() if k not in {"hash", "note", "note_salt"}}
        entry["hash"] = previous = canonical.digest(covered)
    assert run(tmp_path, forged)[0] == 0
    code, said = run(tmp_path, forged, told)
    assert (code, said) == (1, "entry 1 is not what it was in the earlier file\n")
    assert script("departure", json.dumps(forged), json.dumps(told)) == 1
    # What has only grown goes on from its beginning.
    earlier = told | {"entries": told["entries"][:2]}
    assert run(tmp_path, told, earlier)[0] == 0
    assert script("departure", json.dumps(told), json.dumps(earlier)) == 0
    assert "shorter" in run(tmp_path, earlier, told)[1]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"number": 1, "entries": [1]}', "не JSON"])
def test_what_is_no_timeline_is_said_to_be_none(
    tmp_path: Path, script: Callable[..., Any], text: str
) -> None:
    assert run(tmp_path, text)[0] == 2
    assert script("check", text) == "SyntaxError"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=12,
)


@tries(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(value=VALUES, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_the_browser_writes_what_the_portal_hashes(
    script: Callable[..., Any], value: Any, ascii_only: bool, indent: int | None
) -> None:
    """Any value, however it is written in the file: whole numbers of any size, letters of any script."""
    written = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert script("canonical", written) == canonical.dumps(value).decode()


@pytest.mark.parametrize(
    "text", ["1.0", "1e3", "01", "[1,]", '{"a":1,"a":2}', "NaN", '"\n"', "1 2"]
)
def test_what_has_no_one_meaning_is_refused(script: Callable[..., Any], text: str) -> None:
    assert script("canonical", text) == "SyntaxError"


def test_the_page_explains_and_offers_both_files(client: Client, published: Issue) -> None:
    text = client.get(f"/issues/{published.number}/verify/").content.decode()
    assert f"/issues/{published.number}/timeline.json" in text
    assert "portal/verify.py" in text
    assert text.count("data-seq=") == published.event_count
    assert f"/issues/{published.number}/verify/" in (
        client.get(f"/issues/{published.number}/").content.decode()
    )


def test_what_is_not_public_is_verified_by_those_who_may_see_it(
    client: Client, issue: Issue, resident: User
) -> None:
    address = f"/issues/{issue.number}/verify/"
    assert client.get(address).status_code == 404
    client.force_login(resident)
    assert client.get(address)["Cache-Control"] == "private, no-store"

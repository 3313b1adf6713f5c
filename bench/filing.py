"""Filing through the whole HTTP stack against the same durable inserts by pgbench, turn by turn."""

import http.client
import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.databases import libpq_environment, manage, prepared, server_settings
from bench.machine import spread
from bench.server import portal

DATABASE = "bench_filing"
CLIENTS = 8
ROUNDS = 5
SECONDS = 8
MESSAGES_OF_A_PERSON = 10
"""What one account may file within an hour."""
PEOPLE = 1500
BAR = 1 / 20
WARM_UP = 60


def run() -> list[dict[str, Any]]:
    """Measures rounds of both, one after the other, on one server with two workers.

    Raises:
        RuntimeError: a message was not filed, or the people of the measurement have run out.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        prepared(DATABASE, work_folder=folder) as environment,
    ):
        people = json.loads(manage(environment, str(PEOPLE), module="bench.filing_inside"))
        script = Path(folder) / "filing.sql"
        script.write_text(_inserts(people), encoding="utf-8")
        ours, raw, latencies = [], [], []
        with portal(environment) as server:
            port = server.port
            turns = Turns(people)
            _file_for(port, turns, seconds=None, messages=WARM_UP)
            _pgbench(script, seconds=2)
            for _turn in range(ROUNDS):
                filed = _file_for(port, turns, seconds=SECONDS)
                ours.append(len(filed) / SECONDS)
                latencies += filed
                raw.append(_pgbench(script, seconds=SECONDS))
        spent = manage(environment, "--profile", module="bench.filing_inside").splitlines()
    ratios = [rate / other for rate, other in zip(ours, raw, strict=True)]
    latencies.sort()
    median, slow = latencies[len(latencies) // 2], latencies[int(len(latencies) * 0.95)]
    durable = server_settings("fsync", "synchronous_commit", "full_page_writes")
    return [
        {
            "name": f"filing over HTTP, {CLIENTS} clients, two workers",
            "unit": "messages/s",
            "value": statistics.median(ours),
            "baseline": statistics.median(raw),
            "baseline_name": "pgbench, the same inserts",
            "ratio": statistics.median(ratios),
            "bar": BAR,
            "noise": spread(ratios),
            "notes": [
                f"p50 {median * 1000:.0f} ms, p95 {slow * 1000:.0f} ms",
                f"server: {durable}",
                *spent,
            ],
        }
    ]


# --- Over HTTP ------------------------------------------------------------------------------------


class Turns:
    """Whose turn it is: every account files as often as it may within an hour, and no more."""

    def __init__(self, people: Mapping[str, Any]) -> None:
        self._people = people
        self._sessions = itertools.chain.from_iterable(
            itertools.repeat(session, MESSAGES_OF_A_PERSON) for session in people["sessions"]
        )
        self._lock = threading.Lock()
        self._random = random.Random(1)

    def next(self) -> tuple[str, bytes]:
        """The session of the next account, and its message."""
        with self._lock:
            session = next(self._sessions, None)
            lon, lat = self._random.choice(self._people["points"])
            topic = self._random.choice(self._people["topics"])
        if session is None:
            raise RuntimeError("all people of the measurement have filed: make more of them")
        message = {
            "kind": "problem",
            "topic": topic,
            "lon": lon,
            "lat": lat,
            "address": "Мытищи, улица Мира, 12",
            "description": "Во дворе не горит фонарь, вечером ничего не видно. Прошу починить.",
        }
        return session, json.dumps(message).encode()


def _file_for(port: int, turns: Turns, *, seconds: float | None, messages: int = 0) -> list[float]:
    """Files with all clients for some time, or a number of messages; how long each took, seconds."""
    times: list[float] = []
    failures: list[str] = []
    until = time.perf_counter() + (seconds or 600)

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        token = "a" * 32
        try:
            while time.perf_counter() < until and (seconds or len(times) < messages):
                session, body = turns.next()
                start = time.perf_counter()
                connection.request(
                    "POST",
                    "/new/",
                    body,
                    {
                        "Content-Type": "application/json",
                        "Cookie": f"csrftoken={token}; sessionid={session}",
                        "X-CSRFToken": token,
                    },
                )
                answer = connection.getresponse()
                said = answer.read()
                if answer.status != 201:
                    raise RuntimeError(f"{answer.status}: {said[:300].decode()}")
                if time.perf_counter() < until:
                    times.append(time.perf_counter() - start)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    return times


# --- By pgbench -----------------------------------------------------------------------------------


def _inserts(people: Mapping[str, Any]) -> str:
    """A transaction of what one filing stores, to the same tables under the same rules."""
    consumers = people["consumers"]
    deliveries = ", ".join(f"('{name}', :event_id, :issue_id, 0, now(), '')" for name in consumers)
    hashed = "md5(:last::text) || md5('x')"
    due = "date_trunc('hour', now()) + interval '48 hours'"
    return f"""\\set author random({people["first"]}, {people["last"]})
BEGIN;
INSERT INTO issues_numbercounter AS counter (year, last) VALUES (2000, 1)
    ON CONFLICT (year) DO UPDATE SET last = counter.last + 1 RETURNING last \\gset
INSERT INTO issues_issue (uid, year, serial, number, kind, topic_id, channel, author_id,
    author_name, is_anonymous, company_name, company_inn, address, point, municipality_id, description,
    published_text, details, authority_id, routing, state, is_hidden, is_urgent, returns,
    support_count, filed_at, moderation_due_at, escalate_at, registration_number, event_count,
    head_hash)
    VALUES (gen_random_uuid(), 2000, :last, '2000-' || :last, 'problem', {people["topic"]}, 'web',
    :author, 'Воронцова Анна', false, '', '', 'Мытищи, улица Мира, 12',
    ST_SetSRID(ST_MakePoint(37.5 + :last * 0.00001, 55.5), 4326), NULL,
    'Во дворе не горит фонарь, вечером ничего не видно. Прошу починить.', '', '{{}}',
    {people["authority"]}, '{people["routing"]}', 'submitted', false, false, 0, 0, now(), {due},
    now() + interval '36 hours', '', 1, {hashed}) RETURNING id AS issue_id \\gset
INSERT INTO issues_issueevent (issue_id, seq, action, actor, at, state_before, state_after,
    is_hidden, authority_id, moderation_due_at, data, note_digest, private_digest, previous_hash,
    hash)
    VALUES (:issue_id, 1, 'submit', 'author', now(), '', 'submitted', false, {people["authority"]},
    {due}, '{{"kind": "problem", "topic": "lighting", "channel": "web"}}', '', {hashed}, '', {hashed})
    RETURNING id AS event_id \\gset
INSERT INTO issues_eventnote (event_id, note, note_salt, private, private_salt)
    VALUES (:event_id, '', '', '{{"by": {{"via": "", "user": 1}}}}', md5('salt'));
{f"INSERT INTO common_delivery (consumer, event_id, key, attempts, next_attempt_at, last_error) VALUES {deliveries};" if consumers else ""}
COMMIT;
"""


def _pgbench(script: Path, *, seconds: int) -> float:
    """Transactions a second, with as many clients as over HTTP."""
    program = shutil.which("pgbench") or str(
        max(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), default="pgbench")
    )
    done = subprocess.run(
        [program, "-n", "-f", str(script), "-c", str(CLIENTS), "-j", "2", "-T", str(seconds)],
        env={**os.environ, **libpq_environment(DATABASE)},
        capture_output=True,
        text=True,
        check=False,
    )
    rate = next((line for line in done.stdout.splitlines() if line.startswith("tps")), "")
    if done.returncode or not rate:
        raise RuntimeError(f"pgbench: {done.stderr[-2000:]}")
    return float(rate.split()[2])

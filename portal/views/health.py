"""What watches the portal: is the process alive, can it work, what has piled up."""

import hmac
import time
from collections.abc import Iterator
from ipaddress import ip_address

import prometheus_client
import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from common import metrics as registered_metrics
from common import outbox
from issues.queries import count_by_state


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """`/healthz`: the process answers; it looks at nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """`/readyz`: database and queue are there; 503 names the one that is not."""
    parts = {"database": _database_answers(), "queue": _queue_answers()}
    is_ready = all(parts.values())
    words = {name: "ok" if works else "away" for name, works in parts.items()}
    return JsonResponse(
        {"status": "ok" if is_ready else "not ready", **words}, status=200 if is_ready else 503
    )


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """`/metrics` for Prometheus: for this machine, or with `Authorization: Bearer METRICS_TOKEN`."""
    if not (_is_local(request) or _has_token(request)):
        raise Http404
    registry = prometheus_client.CollectorRegistry()
    registry.register(Backlog())
    for collector in registered_metrics.collectors():
        registry.register(collector)
    prometheus_client.ProcessCollector(registry=registry)
    return HttpResponse(
        prometheus_client.generate_latest(registry),
        content_type=prometheus_client.CONTENT_TYPE_LATEST,
    )


class Backlog(Collector):
    """What waits, counted in the database at the moment of asking: the same from every process."""

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        started = time.perf_counter()
        waiting = GaugeMetricFamily(
            "portal_deliveries_waiting", "Events that a consumer has not dealt with", labels=["to"]
        )
        oldest = GaugeMetricFamily(
            "portal_deliveries_oldest_seconds", "How late the oldest of them is", labels=["to"]
        )
        for row in outbox.waiting():
            waiting.add_metric([row.consumer], row.count)
            oldest.add_metric([row.consumer], row.late_seconds)
        yield waiting
        yield oldest
        states = GaugeMetricFamily("portal_issues", "Messages in a state", labels=["state"])
        for state, count in count_by_state().items():
            states.add_metric([state], count)
        yield states
        yield GaugeMetricFamily(
            "portal_metrics_seconds",
            "How long the counting took",
            value=time.perf_counter() - started,
        )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _queue_answers() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5
    )
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def _is_local(request: HttpRequest) -> bool:
    # Through a proxy everybody comes from its address: such a request needs the token.
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())

"""The exchange in figures for Prometheus, counted in the books at the moment of asking."""

from collections.abc import Iterator
from datetime import timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from common import clock
from msed_bridge import queries
from msed_bridge.models import Channel, Exchange

RATE_OVER = timedelta(minutes=5)
_BY = ["channel"]


class Exchanges(Collector):
    """What waits and how long, how fast it goes, what failed by which fault, whether calls are made."""

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        now, status = clock.now(), queries.status()
        yield GaugeMetricFamily(
            "portal_msed_waiting",
            "Messages that wait for their receipt",
            value=status.exchanges.get(Exchange.State.WAITING, 0),
        )
        oldest = min(status.oldest_waiting_at.values(), default=None)
        yield GaugeMetricFamily(
            "portal_msed_oldest_seconds",
            "For how long the oldest of them has waited",
            value=(now - oldest).total_seconds() if oldest else 0,
        )
        yield GaugeMetricFamily(
            "portal_msed_receipts_per_second",
            "Receipts of the last five minutes",
            value=queries.receipts_since(now - RATE_OVER) / RATE_OVER.total_seconds(),
        )
        failed = GaugeMetricFamily(
            "portal_msed_failed", "Messages that need a person", labels=["code"]
        )
        for code, count in queries.failures():
            failed.add_metric([code], count)
        yield failed
        notices = GaugeMetricFamily(
            "portal_msed_notifications", "Notifications not yet followed", labels=["state"]
        )
        notices.add_metric(["waiting"], status.waiting_notices)
        notices.add_metric(["refused"], status.refused_notices)
        yield notices
        yield GaugeMetricFamily(
            "portal_medo_packages_refused",
            "Packages of МЭДО that nobody has dealt with",
            value=queries.refused_packages().count(),
        )
        breaker = GaugeMetricFamily(
            "portal_msed_breaker_open",
            "The last calls failed, and none succeeded since",
            labels=_BY,
        )
        paused = GaugeMetricFamily("portal_msed_paused", "Staff have paused the calls", labels=_BY)
        for channel in Channel:
            partner = status.partners.get(channel)
            breaker.add_metric([channel], bool(partner and partner.is_away))
            paused.add_metric([channel], bool(partner and partner.paused_at))
        yield breaker
        yield paused

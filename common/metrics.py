"""What Prometheus is told: each app registers what it counts, `/metrics` asks them all."""

from prometheus_client.registry import Collector

_collectors: list[Collector] = []


def register(collector: Collector) -> None:
    """Registers what an app counts; called from `AppConfig.ready`."""
    _collectors.append(collector)


def collectors() -> tuple[Collector, ...]:
    """All that was registered."""
    return tuple(_collectors)

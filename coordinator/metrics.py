"""Counters for Prometheus: one registry per coordinator, so that two in one process do not mix."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_LATENCY_BUCKETS_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 600.0)


class Metrics:
    """What the coordinator counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.frames = Counter("localvpp_frames", "Frames accepted", registry=self.registry)
        self.frames_refused = Counter(
            "localvpp_frames_refused", "Frames refused, by code", ["code"], registry=self.registry
        )
        self.frame_latency = Histogram(
            "localvpp_frame_latency_seconds",
            "From the meter's reading to the frame's arrival",
            buckets=_LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self.records = Counter("localvpp_records", "Records logged", ["kind"], registry=self.registry)
        self.records_refused = Counter(
            "localvpp_records_refused", "Records refused, by code", ["code"], registry=self.registry
        )
        self.log_size = Gauge("localvpp_log_size", "Published entries of the log", registry=self.registry)
        self.checkpoint_age = Gauge(
            "localvpp_checkpoint_age_seconds", "Since the last checkpoint was signed", registry=self.registry
        )
        self.witnesses = Gauge("localvpp_witnesses", "Witnesses that the log's policy names", registry=self.registry)
        self.cosigners = Gauge(
            "localvpp_cosigners", "Witnesses that have signed the newest head", registry=self.registry
        )
        self.quorum_age = Gauge(
            "localvpp_quorum_age_seconds", "Since a head was last signed by enough witnesses", registry=self.registry
        )
        self.connected = Gauge("localvpp_connected_flats", "Flats with an open link", registry=self.registry)
        self.settled = Counter("localvpp_settled_slots", "Slots settled", registry=self.registry)
        self.papers = Gauge(
            "localvpp_rounds_without_papers",
            "Cleared rounds of slots to be settled whose documents are not here",
            registry=self.registry,
        )
        self.useless_papers = Gauge(
            "localvpp_rounds_with_unusable_papers",
            "Cleared rounds of slots to be settled whose documents came back and cannot be used",
            registry=self.registry,
        )
        self.enrolments = Counter("localvpp_enrolments", "Enrolments, by outcome", ["outcome"], registry=self.registry)
        self.meter_errors = Counter(
            "localvpp_meter_errors", "Failed reads of the building's meters", ["meter"], registry=self.registry
        )

    def watch(self, gauge: Gauge, value: Callable[[], float]) -> None:
        """Let a gauge ask for its value whenever it is read."""
        gauge.set_function(value)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)

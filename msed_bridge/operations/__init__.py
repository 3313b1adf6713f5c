"""Everything that the bridge does, one function each."""

from msed_bridge.operations.files import fetch_due
from msed_bridge.operations.following import follow_issue
from msed_bridge.operations.incoming import forget_old_nonces, read_queue, receive_delivery
from msed_bridge.operations.interventions import (
    dismiss,
    follow_again,
    pause,
    reconcile,
    resend,
    resend_failed,
    resend_watched,
    resume,
    settle_package,
    settle_packages,
)
from msed_bridge.operations.outgoing import give_again, note_event, send_due
from msed_bridge.operations.partner import may_call
from msed_bridge.operations.taking import forget_packages, take_packages
from msed_bridge.operations.watching import watch

__all__ = [
    "dismiss",
    "fetch_due",
    "follow_again",
    "follow_issue",
    "forget_old_nonces",
    "forget_packages",
    "give_again",
    "may_call",
    "note_event",
    "pause",
    "read_queue",
    "receive_delivery",
    "reconcile",
    "resend",
    "resend_failed",
    "resend_watched",
    "resume",
    "send_due",
    "settle_package",
    "settle_packages",
    "take_packages",
    "watch",
]

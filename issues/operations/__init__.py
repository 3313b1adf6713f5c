"""Everything that can be done to an issue, one function each."""

from issues.operations.answering import (
    Reply,
    answer_issue,
    extend_term,
    redirect_issue,
    refuse_registration,
    register_issue,
    report_progress,
    start_work,
)
from issues.operations.filing import Message, file_issue, resubmit_issue, withdraw_issue
from issues.operations.judging import (
    accept_issue,
    acknowledge_thanks,
    assign_authority,
    hide_issue,
    reject_issue,
    unhide_issue,
)
from issues.operations.verdict import close_silent, escalate_issue, rate_issue

__all__ = [
    "Message",
    "Reply",
    "accept_issue",
    "acknowledge_thanks",
    "answer_issue",
    "assign_authority",
    "close_silent",
    "escalate_issue",
    "extend_term",
    "file_issue",
    "hide_issue",
    "rate_issue",
    "redirect_issue",
    "refuse_registration",
    "register_issue",
    "reject_issue",
    "report_progress",
    "resubmit_issue",
    "start_work",
    "unhide_issue",
    "withdraw_issue",
]

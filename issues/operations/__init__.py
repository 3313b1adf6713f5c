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
from issues.operations.files import (
    WAITING_TIME,
    TooManyFilesError,
    delete_stray_files,
    drop_waiting_file,
    forget_waiting_files,
    keep_issue_file,
    keep_waiting_file,
    room_to_wait,
)
from issues.operations.filing import (
    Message,
    TooManyMessagesError,
    file_issue,
    resubmit_issue,
    withdraw_issue,
)
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
    "WAITING_TIME",
    "Message",
    "Reply",
    "TooManyFilesError",
    "TooManyMessagesError",
    "accept_issue",
    "acknowledge_thanks",
    "answer_issue",
    "assign_authority",
    "close_silent",
    "delete_stray_files",
    "drop_waiting_file",
    "escalate_issue",
    "extend_term",
    "file_issue",
    "forget_waiting_files",
    "hide_issue",
    "keep_issue_file",
    "keep_waiting_file",
    "rate_issue",
    "redirect_issue",
    "refuse_registration",
    "register_issue",
    "reject_issue",
    "report_progress",
    "resubmit_issue",
    "room_to_wait",
    "start_work",
    "unhide_issue",
    "withdraw_issue",
]

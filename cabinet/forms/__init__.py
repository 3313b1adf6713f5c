"""What an officer fills in: acts, an answer, templates, and how the queue is narrowed."""

from cabinet.forms.acts import ACTS, Act, why_no_extension
from cabinet.forms.queue import QueueForm
from cabinet.forms.reply import FILE_FIELDS, ReplyForm, examined
from cabinet.forms.templates import TemplateForm

__all__ = [
    "ACTS",
    "FILE_FIELDS",
    "Act",
    "QueueForm",
    "ReplyForm",
    "TemplateForm",
    "examined",
    "why_no_extension",
]

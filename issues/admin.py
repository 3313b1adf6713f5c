"""Issues for administrators: how they stand, to be read only, and without anybody's personal data; and the
survey, whose questions are edited here."""

from django.contrib import admin
from django.db.models import Avg, Count, QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnly, Undeletable
from issues.models import Issue, SurveyQuestion, SurveyReply


@admin.register(Issue)
class IssueAdmin(ReadOnly, admin.ModelAdmin[Issue]):
    """Nothing is changed here: the workflow has its desks, and the timeline its writer."""

    list_display = ("number", "kind", "topic", "state", "authority", "filed_at", "answer_due_at")
    list_filter = ("state", "kind", "channel", "is_hidden")
    list_select_related = ("topic", "authority")
    search_fields = ("number",)
    ordering = ("-id",)
    show_full_result_count = False
    fields = (
        *("number", "kind", "topic", "channel", "municipality", "authority", "routing"),
        *("state", "is_hidden", "is_urgent", "returns", "support_count"),
        *("filed_at", "published_at", "answered_at", "closed_at"),
        *("moderation_due_at", "registration_due_at", "answer_due_at", "escalate_at"),
        *("planned_date", "registration_number", "registration_date", "event_count", "head_hash"),
    )
    readonly_fields = fields


@admin.register(SurveyQuestion)
class SurveyQuestionAdmin(Undeletable, admin.ModelAdmin[SurveyQuestion]):
    """The questions with their results; one that was replied to keeps its words."""

    list_display = ("text", "kind", "place", "is_active", "replies", "mean")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[SurveyQuestion]":
        found = super().get_queryset(request)
        return found.annotate(
            reply_count=Count("replies"), reply_mean=Avg("replies__number")
        ).order_by("-is_active", "place", "pk")

    def get_readonly_fields(
        self, request: HttpRequest, obj: SurveyQuestion | None = None
    ) -> tuple[str, ...]:
        # Replies to other words would be counted together.
        is_replied = obj is not None and obj.replies.exists()
        return ("text", "text_en", "kind") if is_replied else ()

    @admin.display(description=_("replies"))
    def replies(self, question: SurveyQuestion) -> int:
        """How many."""
        counted: int = question.reply_count  # type: ignore[attr-defined]
        return counted

    @admin.display(description=_("mean, or share of “yes”"))
    def mean(self, question: SurveyQuestion) -> str:
        """Of the numbers; nothing for words."""
        mean: float | None = question.reply_mean  # type: ignore[attr-defined]
        if mean is None:
            return ""
        if question.kind == SurveyQuestion.Kind.YES_NO:
            return f"{number_format(mean * 100, 0)} %"
        return number_format(mean, 2)


@admin.register(SurveyReply)
class SurveyReplyAdmin(ReadOnly, admin.ModelAdmin[SurveyReply]):
    """What authors wrote, without their names."""

    list_display = ("question", "number", "words", "authority", "said_at")
    list_filter = ("question",)
    list_select_related = ("question", "answer__authority")
    fields = ("question", "number", "words", "said_at")
    ordering = ("-pk",)
    show_full_result_count = False

    @admin.display(description=_("authority"))
    def authority(self, reply: SurveyReply) -> str:
        """Whose answer it was about."""
        return str(reply.answer.authority)

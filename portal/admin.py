"""Pages of information and services, edited by staff; nothing that was ever saved is lost."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.admin import ReadOnly, Undeletable
from portal.information import operations
from portal.models import Page, PageVersion

BRING_BACK = "bring_back"
"""The part of the address that fills the form with an old version."""


class PageForm(forms.ModelForm[Page]):
    """A page together with what stands on it: the newest version, or one that is to come back."""

    is_draft = forms.BooleanField(
        label=_("save as a draft"),
        required=False,
        help_text=_("The public goes on reading the last version that is no draft."),
    )
    note = forms.CharField(label=_("what was changed and why"), max_length=200, required=False)

    shown_version: PageVersion | None = None

    class Meta:
        model = Page
        fields = ("kind", "slug", "position", "in_footer", "is_shown")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.shown_version:
            for name in operations.WORDS:
                self.initial[name] = getattr(self.shown_version, name)

    def words(self) -> dict[str, Any]:
        """What the version is to say."""
        return {name: self.cleaned_data[name] for name in operations.WORDS}


_wide = forms.TextInput(attrs={"class": "vLargeTextField"})
_text = forms.Textarea(attrs={"rows": 24, "class": "vLargeTextField"})
_FIELDS = forms.fields_for_model(
    PageVersion,
    fields=operations.WORDS,
    widgets={
        **dict.fromkeys(("title", "title_en", "summary", "summary_en"), _wide),
        **dict.fromkeys(("audience", "audience_en"), _wide),
        **dict.fromkeys(("text", "text_en"), _text),
    },
    formfield_callback=lambda field, **how: (
        field.formfield(assume_scheme="https", **how)
        if field.name == "link"
        else field.formfield(**how)
    ),
)


class VersionInline(ReadOnly, admin.TabularInline[PageVersion, Page]):
    """All that was ever saved: who, when, and the ways to see it and to bring it back."""

    model = PageVersion
    fields = readonly_fields = ("number", "is_draft", "saved_at", "saved_by", "note", "look")
    extra = 0
    can_delete = False

    @admin.display(description=_("look and bring back"))
    def look(self, version: PageVersion) -> SafeString:
        page = version.page
        return format_html(
            '<a href="{}?version={}">{}</a> · <a href="{}?{}={}">{}</a>',
            reverse("portal:page", args=[page.slug]),
            version.number,
            _("look"),
            reverse("admin:portal_page_change", args=[page.pk]),
            BRING_BACK,
            version.number,
            _("bring back"),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PageVersion]:
        return super().get_queryset(request).select_related("page", "saved_by").order_by("-number")


@admin.register(Page)
class PageAdmin(Undeletable, admin.ModelAdmin[Page]):
    """Each save makes a version; a page that is no longer wanted is not shown, and stays."""

    form = type("PageWithWordsForm", (PageForm,), dict(_FIELDS))
    list_display = ("slug", "newest_title", "kind", "position", "in_footer", "is_shown")
    list_filter = ("kind", "is_shown")
    search_fields = ("slug", "versions__title")
    inlines = (VersionInline,)
    fieldsets = (
        (None, {"fields": (("kind", "slug"), ("position", "in_footer", "is_shown"))}),
        (_("In Russian"), {"fields": ("title", "summary", "text", "audience")}),
        (_("In English"), {"fields": ("title_en", "summary_en", "text_en", "audience_en")}),
        (_("For a service"), {"fields": ("link", "authority")}),
        (_("This save"), {"fields": ("is_draft", "note")}),
    )

    @admin.display(description=_("title"))
    def newest_title(self, page: Page) -> str:
        newest = page.versions.first()
        return newest.title if newest else ""

    def get_form(
        self, request: HttpRequest, obj: Page | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Page]]:
        form = super().get_form(request, obj, change, **kwargs)
        # A class of its own for each request: the fields themselves are everybody's.
        return type(form.__name__, (form,), {"shown_version": _shown_version(request, obj)})

    def save_model(
        self, request: HttpRequest, obj: Page, form: forms.ModelForm[Page], change: bool
    ) -> None:
        assert isinstance(form, PageForm)
        assert request.user.is_authenticated
        operations.save_page(
            by=request.user,
            page=obj,
            words=form.words(),
            is_draft=form.cleaned_data["is_draft"],
            note=form.cleaned_data["note"],
        )


def _shown_version(request: HttpRequest, page: Page | None) -> PageVersion | None:
    if page is None:
        return None
    number = request.GET.get(BRING_BACK, "")
    old = page.versions.filter(number=int(number)) if number.isdecimal() else page.versions.none()
    return old.first() or page.versions.first()

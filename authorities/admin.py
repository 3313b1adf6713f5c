"""Staff keep who answers for what: topics with their terms, authorities, their people and their areas."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.gis.db.models import MultiPolygonField
from django.db.models import Model, QuerySet, URLField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from authorities.models import (
    Authority,
    Category,
    Kind,
    Official,
    ServiceArea,
    Topic,
    TopicModel,
)
from common.admin import ReadOnly, Undeletable


class NamedOnce(Undeletable):
    """Rows whose code stands in addresses, files and timelines: given once, never changed."""

    named_by = "code"

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return (self.named_by,) if obj else ()


@admin.register(Category)
class CategoryAdmin(NamedOnce, admin.ModelAdmin[Category]):
    """The upper level of the list of topics; what is no longer offered is switched off."""

    list_display = ("name", "code", "position", "is_active")
    list_editable = ("position", "is_active")
    search_fields = ("name", "name_en", "code")
    fields = ("name", "name_en", "code", "icon", "position", "is_active")


class TopicForm(forms.ModelForm[Topic]):
    """A topic, with the kinds of its messages to be ticked."""

    kinds = forms.MultipleChoiceField(
        label=_("kinds"), choices=Kind.choices, widget=forms.CheckboxSelectMultiple
    )


@admin.register(Topic)
class TopicAdmin(NamedOnce, admin.ModelAdmin[Topic]):
    """Topics and their terms; the extra questions come with the catalogue (`import_topics`)."""

    form = TopicForm
    list_display = ("name", "category", "term_days", "level", "position", "is_active")
    list_filter = ("category", "level", "is_active")
    list_select_related = ("category",)
    search_fields = ("name", "name_en", "code", "classifier_code")
    fields = (
        *("category", "name", "name_en", "code", "kinds", "term_days", "level"),
        *("classifier_code", "keywords", "notice", "notice_en", "position", "is_active"),
    )


@admin.register(TopicModel)
class TopicModelAdmin(ReadOnly, admin.ModelAdmin[TopicModel]):
    """What was learned of topics, with its figures; trained and chosen by `train_topics`."""

    list_display = ("version", "created_at", "is_active")
    fields = ("version", "created_at", "is_active", "figures")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TopicModel]:
        return super().get_queryset(request).defer("learned")


@admin.register(Authority)
class AuthorityAdmin(NamedOnce, admin.ModelAdmin[Authority]):
    """Who answers; one that does not any more is switched off."""

    named_by = "slug"
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    list_display = ("name", "level", "exchange", "is_active")
    list_filter = ("level", "exchange", "is_active")
    search_fields = ("name", "name_en", "short_name", "slug")
    autocomplete_fields = ("superior",)
    fields = (
        *("name", "name_en", "short_name", "slug", "level", "superior"),
        *("exchange", "msed_uid", "medo_uid", "medo_address"),
        *("email", "phone", "site", "is_active"),
    )


@admin.register(Official)
class OfficialAdmin(admin.ModelAdmin[Official]):
    """Who works at which authority; who has left is taken off."""

    list_display = ("user", "authority", "post", "is_head")
    list_filter = ("is_head",)
    list_select_related = ("user", "authority")
    search_fields = ("user__email", "authority__name", "post")
    autocomplete_fields = ("user", "authority")
    fields = ("user", "authority", "post", "is_head")


class ServiceAreaForm(forms.ModelForm[ServiceArea]):
    """A rule; its own polygon is written as WKT or GeoJSON."""

    class Meta:
        help_texts = {
            "polygon": _("WKT or GeoJSON in degrees of WGS 84; only where there is no municipality")
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("validity"):
            return given
        if bool(given.get("municipality")) == bool(given.get("polygon")):
            raise forms.ValidationError(
                _("Give a municipality or a polygon of its own: one of the two.")
            )
        return given


@admin.register(ServiceArea)
class ServiceAreaAdmin(Undeletable, admin.ModelAdmin[ServiceArea]):
    """The rules of routing; one that holds no longer gets a last day, since messages name it."""

    form = ServiceAreaForm
    formfield_overrides = {
        # The map of Django's own would be loaded from another host.
        MultiPolygonField: {"widget": forms.Textarea}
    }
    list_display = ("authority", "topic", "category", "municipality", "level", "priority")
    list_filter = ("level",)
    list_select_related = ("authority", "topic", "category", "municipality")
    search_fields = ("authority__name", "topic__name", "category__name", "municipality__name")
    autocomplete_fields = ("authority", "topic", "category", "municipality")
    fields = (
        *("authority", "topic", "category", "municipality", "polygon"),
        *("level", "priority", "validity"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceArea]:
        """Without the outlines, which a list needs not and which are large."""
        return super().get_queryset(request).defer("polygon", "municipality__polygon")

"""One photo in a form, examined as every upload is."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common import uploads


class PhotoField(forms.FileField):
    """An optional photo; its value is what `uploads.examine` made of it, None without one."""

    def __init__(self, **options: Any) -> None:
        chooser = forms.FileInput(attrs={"accept": uploads.ACCEPT_PHOTOS})
        super().__init__(required=False, widget=chooser, **options)

    def clean(self, data: Any, initial: Any = None) -> uploads.Upload | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            upload = uploads.examine(file, name=uploads.clean_name(file.name or ""))
        except uploads.UploadRefusedError as error:
            raise ValidationError(error.reason, error.refusal.value) from None
        if not upload.is_photo:
            raise ValidationError(_("This is not a photo."), "not_a_photo")
        return upload

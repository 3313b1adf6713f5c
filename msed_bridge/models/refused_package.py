"""Packages of МЭДО that were not taken."""

from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class RefusedPackage(models.Model):
    """A package of МЭДО that was not taken; it lies in `refused` until a person has dealt with it."""

    WORDS: Mapping[str, Promise] = {
        "NOT_A_PACKAGE": _("It is no folder: МЭДО 2.6 knows no archives."),
        "NOT_A_FILE": _("There is a link, a folder or something else among its files."),
        "NO_ENVELOPE": _("Its envelope does not name the files, each once."),
        "NO_MESSAGE": _("Which of its files is the message can not be told."),
        "BAD_NAME": _("A file's name leads out of the folder, or is no name."),
        "INCOMPLETE": _("Not all of it came: the envelope, or a file that is named."),
        "TOO_LARGE": _("It has too many files, or too long ones."),
        "SCHEMA": _("Its message is against the schema of МЭДО 2.6."),
        "ACCESS_DENIED": _("The message it tells of is not with its sender."),
        "UNKNOWN_APPEAL": _("It is about no document that the portal has sent."),
        "UNKNOWN_MESSAGE": _("It is a receipt of what the portal has not sent."),
        "UNREADABLE": _("The portal has no right to read it or to move it; it lies where it came."),
        "FAILED": _("The portal could not take it; its log says more."),
        "UID_CONFLICT": _("Another message came under its uid before."),
    }

    name = models.CharField(_("name"), max_length=255)
    reason = models.CharField(_("why not"), max_length=300)
    refused_at = models.DateTimeField(_("refused at"))
    settled_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)

    class Meta:
        verbose_name = _("refused package")
        verbose_name_plural = _("refused packages")
        indexes = [
            models.Index(
                fields=["-refused_at"], condition=Q(settled_at=None), name="package_for_person"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """Why it was not taken, in the reader's language."""
        return str(self.WORDS.get(self.reason.partition(":")[0], ""))

"""One thing noticed about a message, and how it is explained."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from moderation.models import Code

REASONS = {
    Code.PROFANITY: _("The marked words are profane."),
    Code.INSULT: _("The marked words insult a person."),
    Code.THREAT: _("The marked words promise violence."),
    Code.PERSONAL_DATA: _("The marked words are personal data; published, they would be masked."),
    Code.TOO_SHORT: _("%(words)s meaningful words: nobody can tell what is to be done."),
    Code.SHOUTING: _("%(share)s %% of the letters are capitals."),
    Code.TRANSLITERATION: _("Russian words in Latin letters."),
    Code.OUTSIDE: _("The point lies in no municipality of the region."),
    Code.FLOODING: _(
        "The author filed %(count)s messages in %(hours)s h, of these with nearly the same words:"
        " %(alike)s."
    ),
    Code.DUPLICATE: _(
        "%(number)s: %(metres)s m away, %(days)s days before, %(alike)s %% of the words alike."
    ),
    Code.WRONG_TOPIC: _("The marked words rather speak of the topic “%(topic)s”."),
    Code.FACES: _("Faces can be seen in photos: %(files)s."),
    Code.BLANK_PHOTO: _("Black or of one colour are photos: %(files)s."),
    Code.SENT_BEFORE: _("Photo %(file)s came before with message %(number)s."),
    Code.FAR: _("By its camera photo %(file)s was taken %(kilometres)s km from the place told."),
    Code.FILE_DATA: _("Telephones, addresses or numbers of documents stand in files: %(files)s."),
    Code.FILE_RUDENESS: _("Profanity, insults or threats stand in files: %(files)s."),
}


_DUPLICATE_OF_THE_DAY = _(
    "%(number)s: %(metres)s m away, less than a day before, %(alike)s %% of the words alike."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed.

    Attributes:
        code: what it is.
        spans: slices of the description that it is about.
        values: what its sentence is filled with.
    """

    code: Code
    spans: tuple[tuple[int, int], ...] = ()
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """A word or two, in the reader's language."""
        return str(self.code.label)

    @property
    def sentence(self) -> str:
        """Why it was noticed, in the reader's language."""
        is_of_the_day = self.code == Code.DUPLICATE and self.values["days"] == 0
        return str(_DUPLICATE_OF_THE_DAY if is_of_the_day else REASONS[self.code]) % self.values

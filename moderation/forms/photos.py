"""What a moderator marks on a photo, with a pointer or in figures."""

from collections.abc import Iterator, Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from common.retouching import Region
from issues.operations.retouching import MOST_REGIONS

SIDES = ("left", "top", "width", "height")
"""Of an area of the moderator's own, per cent of the photo's width or height."""
ROUNDING = 0.005


class RetouchForm(forms.Form):
    """Ticked areas, and areas in figures: both lists may be of any length, so both are read as sent."""

    def clean(self) -> None:
        """Gives `regions`, in the frame of the photo as it is shown."""
        try:
            regions = [*self._ticked(), *self._in_figures()]
        except ValueError:
            raise forms.ValidationError(
                _("An area lies within the photo: four figures from 0 to 100, in per cent.")
            ) from None
        if len(regions) > MOST_REGIONS:
            raise forms.ValidationError(_("Mark fewer and larger areas."))
        self.cleaned_data["regions"] = regions

    def _ticked(self) -> Iterator[Region]:
        for told in self._sent("area"):
            x, y, width, height = map(float, told.split())
            yield Region(x, y, width, height)

    def _in_figures(self) -> Iterator[Region]:
        for told in zip(*map(self._sent, SIDES), strict=True):
            if any(side.strip() for side in told):
                x, y, width, height = (float(side.replace(",", ".")) / 100 for side in told)
                yield Region(x, y, _within(x, width), _within(y, height))

    def _sent(self, name: str) -> Sequence[str]:
        assert isinstance(self.data, QueryDict)
        return self.data.getlist(name)


def area(region: Region) -> str:
    """A region as the value of its box to tick."""
    return f"{region.x:.4f} {region.y:.4f} {region.width:.4f} {region.height:.4f}"


def _within(begin: float, length: float) -> float:
    """What is drawn to the very edge may go beyond it by a rounding."""
    return min(length, 1 - begin) if begin + length < 1 + ROUNDING else length

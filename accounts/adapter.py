"""How django-allauth behaves here: registration is open, names never come from an e-mail address."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """The portal's account rules."""

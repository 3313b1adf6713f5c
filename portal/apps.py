"""App of the public pages: home, map, lists, the page of an issue, and the citizen's own pages."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from allauth.account.signals import user_signed_up
        from django.contrib.auth.signals import user_logged_in

        from common import schedule
        from portal.filing import keeping, tasks
        from portal.my import tasks as exports

        # What a visitor has typed belongs to whom they turn out to be.
        user_logged_in.connect(keeping.adopt, dispatch_uid="portal.filing")
        user_signed_up.connect(keeping.adopt, dispatch_uid="portal.filing")
        schedule.every(3600, "old drafts", tasks.throw_away_old_drafts.send)
        schedule.every(30, "exports", exports.make_exports.send)
        schedule.every(3600, "old exports", exports.forget_old_exports.send)

"""A partner is known by its channel: the gateway of МЭДО has a breaker and a pause as МСЭД has."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_the_present_one(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Until now another uid in the settings began another row."""
    apps.get_model("msed_bridge", "Partner").objects.exclude(pk=settings.MSED_PARTNER_UID).delete()


def forget_the_gateway(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """There is room for one uid."""
    apps.get_model("msed_bridge", "Partner").objects.exclude(channel="msed").delete()


def present_uid() -> str:
    return settings.MSED_PARTNER_UID


class Migration(migrations.Migration):
    dependencies = [("msed_bridge", "0002_append_only")]

    operations = [
        migrations.AddField(
            "partner",
            "channel",
            models.CharField(
                "channel",
                max_length=4,
                choices=[("msed", "МСЭД"), ("medo", "МЭДО")],
                default="msed",
            ),
        ),
        migrations.RunPython(keep_the_present_one, migrations.RunPython.noop),
        migrations.AlterField(
            "partner",
            "uid",
            models.UUIDField("uid", primary_key=True, default=present_uid),
        ),
        migrations.RemoveField("partner", "uid"),
        migrations.RunPython(migrations.RunPython.noop, forget_the_gateway),
        migrations.AlterField(
            "partner",
            "channel",
            models.CharField(
                "channel",
                max_length=4,
                choices=[("msed", "МСЭД"), ("medo", "МЭДО")],
                primary_key=True,
                serialize=False,
            ),
        ),
    ]

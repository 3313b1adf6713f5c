"""How an authority is reached by МЭДО."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authorities", "0002_stamp_revision"),
    ]

    operations = [
        migrations.AddField(
            model_name="authority",
            name="medo_address",
            field=models.CharField(
                blank=True,
                help_text="as the gateway's envelope has it, such as ADMIN_KLIN~MEDOGU",
                max_length=100,
                validators=[django.core.validators.RegexValidator("^[\\w.-]+(~[\\w.-]+)*$")],
                verbose_name="address in МЭДО",
            ),
        ),
        migrations.AddField(
            model_name="authority",
            name="medo_uid",
            field=models.UUIDField(blank=True, null=True, unique=True, verbose_name="uid in МЭДО"),
        ),
        migrations.AlterField(
            model_name="authority",
            name="exchange",
            field=models.CharField(
                choices=[("msed", "МСЭД"), ("medo", "МЭДО"), ("cabinet", "the portal's cabinet")],
                default="msed",
                max_length=8,
                verbose_name="gets messages by",
            ),
        ),
        migrations.AddConstraint(
            model_name="authority",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("exchange", "medo"), _negated=True),
                    models.Q(("medo_address__gt", ""), ("medo_uid__isnull", False)),
                    _connector="OR",
                ),
                name="authority_in_medo_has_address",
                violation_error_message="Who gets messages by МЭДО has a uid and an address there.",
            ),
        ),
    ]

"""What came with electronic signatures is marked: nobody has checked them."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("msed_bridge", "0003_partner_of_each_channel")]

    operations = [
        migrations.AddField(
            "exchange",
            "signatures",
            ArrayField(
                models.CharField(max_length=255),
                default=list,
                blank=True,
                verbose_name="signatures, not checked",
                help_text="МЭДО: files with electronic signatures that came with it",
            ),
        )
    ]

"""Parents are told that who reads changes, and a colleague that they read instead from now on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0010_cover"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(choices=[("visit", "Visit"), ("readers", "Readers")], max_length=10),
        ),
        migrations.AlterField(
            model_name="outbox",
            name="kind",
            field=models.CharField(
                choices=[("news", "News"), ("ending", "Ending"), ("cover", "Cover")], default="news", max_length=10
            ),
        ),
    ]

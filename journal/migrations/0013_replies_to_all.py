"""An index for what was answered to a whole family: without it, it is looked for among every journal's answers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0012_former_members")]

    operations = [
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(condition=models.Q(("entry", None)), fields=["journal", "created_at"], name="reply_to_all"),
        ),
    ]

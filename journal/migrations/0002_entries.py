"""What is new to a parent: since when they can read an entry, and when they last looked."""

from typing import Any

import django.utils.timezone
from django.db import migrations, models


def family_since_written(apps: Any, schema_editor: Any) -> None:
    """What the others can read already has been theirs since it was written, as far as anybody knows."""
    entries = apps.get_model("journal", "Entry").objects.using(schema_editor.connection.alias)
    entries.filter(audience="family").update(family_at=models.F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.AddField("entry", "family_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("membership", "seen_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.RunPython(family_since_written, migrations.RunPython.noop),
        migrations.AddIndex(
            "entry",
            models.Index(condition=models.Q(("deleted_at", None)), fields=["journal", "family_at"], name="entry_news"),
        ),
        migrations.AddIndex(
            "entry",
            models.Index(condition=models.Q(("deleted_at__isnull", False)), fields=["deleted_at"], name="entry_bin"),
        ),
    ]

"""What ``manage.py tick`` looks for every few minutes, and what a centre's page asks, is found by an index.

They are made beside whoever writes. And PostgreSQL learns that an author writes in one journal or two: without that it
takes "this parent's, in this journal" for a handful of rows, fetches all of them and sorts, to show the newest one.
"""

from django.db import migrations, models
from django.db.models.functions import Coalesce

from config.migrations import AddIndexBeside, RunPostgreSQL


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("journal", "0016_rights"),
    ]

    operations = [
        RunPostgreSQL(
            [
                "CREATE STATISTICS IF NOT EXISTS entry_author_of_journal (dependencies, ndistinct)"
                " ON journal_id, author_id FROM journal_entry",
                "ANALYZE journal_entry (journal_id, author_id)",
            ],
            "DROP STATISTICS IF EXISTS entry_author_of_journal",
        ),
        AddIndexBeside(
            model_name="sharedentry",
            index=models.Index(fields=["share", "read_at"], name="shared_read"),
        ),
        AddIndexBeside(
            model_name="draft",
            index=models.Index(fields=["expires_at"], name="draft_end"),
        ),
        AddIndexBeside(
            model_name="agreement",
            index=models.Index(condition=models.Q(("deleted_at__isnull", False)), fields=["deleted_at"], name="agreement_bin"),
        ),
        AddIndexBeside(
            model_name="supportperson",
            index=models.Index(condition=models.Q(("deleted_at__isnull", False)), fields=["deleted_at"], name="person_bin"),
        ),
        AddIndexBeside(
            model_name="outbox",
            index=models.Index(condition=models.Q(("sent_at__isnull", False)), fields=["sent_at"], name="outbox_sent"),
        ),
        AddIndexBeside(
            model_name="user",
            index=models.Index(Coalesce("last_login", "date_joined"), name="account_last_here"),
        ),
        AddIndexBeside(
            model_name="user",
            index=models.Index(condition=models.Q(("is_active", False)), fields=["id"], name="account_closed"),
        ),
    ]

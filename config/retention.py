"""How long what is kept here is kept: said once, for the rows themselves and for the page that tells people."""

from datetime import timedelta

KEPT = {
    "bin": timedelta(days=30),
    "drafts": timedelta(days=30),
    "copies": timedelta(hours=24),
    "leaving": timedelta(days=30),  # so long whoever left a journal can take out what they wrote there
    "invitations": timedelta(hours=72),
    "mails": timedelta(days=60),
    "account-mails": timedelta(days=3),  # that an account has changed, where no mail server took the mail
    "messages": timedelta(days=90),  # what somebody who is written about asked, after it was answered
    "unanswered": timedelta(days=365),  # the same, where nobody answers it
    "unused": timedelta(days=730),  # an account nobody signs in to; then a mail, and after that:
    "warning": timedelta(days=60),
    # Of the two files of a safety copy: `manage.py backup --prune` deletes older ones in its folder, every hour (deploy/).
    # Wherever else they were copied, whoever runs the site does (docs/operations.md).
    "safety-content": timedelta(days=35),
    "safety-keys": timedelta(days=7),
}

"""Mails: what a refusal is about, and the demo's, printed to the console as a person reads them, Japanese too."""

from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend

# What the mail server says about one address or one mail; everything else is about the server.
ONE_ALONE = (SMTPRecipientsRefused, SMTPDataError)


class ConsoleBackend(EmailBackend):
    """Django's console backend prints the encoded message; a tester needs the code in it."""

    def write_message(self, message: EmailMessage) -> None:
        """Write sender, receiver, subject and text."""
        self.stream.write(f"\nFrom: {message.from_email}\nTo: {', '.join(message.to)}\nSubject: {message.subject}\n\n")
        self.stream.write(f"{message.body}\n{'-' * 60}\n")

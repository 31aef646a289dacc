"""What a counsellor answers, and what a family writes to a counsellor."""

import time
import uuid
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guidance.checkpoint import CHOICES, Answers
from journal.forms.entries import DraftedForm
from journal.forms.fields import TextField
from journal.forms.offers import offer_rows
from journal.models import Draft, Entry, Membership, Reply, ReplyKind, Share, SharedEntry
from journal.requests import identity

LONGEST_REPLY = 5000


class ReplyForm(forms.Form):
    """An answer to the family, or to one entry this counsellor may read."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    sequence = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**53)
    entry = forms.ModelChoiceField(queryset=Entry.objects.none(), required=False, widget=forms.HiddenInput)
    text = TextField(
        label=_("Reply"),
        help_text=_("They read this on a phone, in the evening. A few lines are kind."),
        max_length=LONGEST_REPLY,
    )

    def __init__(self, *args: Any, share: Share, author: Any, **kwargs: Any) -> None:
        self.share = share
        self.author = author
        super().__init__(*args, **kwargs)
        offer_rows(self, "entry", Entry.objects.through(share))

    def clean_text(self) -> str:
        """An empty answer is not sent."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError(_("Write a few words, or mark it as read without a reply."))
        return text

    def save(self) -> Reply:
        """Send it, once."""
        data = self.cleaned_data
        reply, _new = Reply.objects.send(
            share=self.share, author=self.author, entry=data["entry"], submission=data["submission"], text=data["text"]
        )
        return reply


class ReplyEditForm(forms.Form):
    """Other words for a reply that was just sent, from the version the page shows."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)
    text = TextField(label=_("Reply"), max_length=LONGEST_REPLY)

    def clean_text(self) -> str:
        """What was sent cannot be emptied: it may have been read."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError(_("Write a few words. A reply that was sent cannot be taken back."))
        return text


class ReaderField(forms.ModelChoiceField):
    """One of the counsellors who read for this family now."""

    def label_from_instance(self, obj: Any) -> str:
        """The counsellor's name."""
        return str(obj.counsellor.name(get_language() or "en"))


class AskForm(forms.Form):
    """A question or a few words to one counsellor, or an answer to what that counsellor wrote."""

    journal = forms.UUIDField(widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput)
    reply = forms.ModelChoiceField(queryset=Reply.objects.none(), required=False, widget=forms.HiddenInput)
    share = ReaderField(
        label=_("To whom?"),
        queryset=Share.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose who is to read this."), "invalid_choice": _("Choose who is to read this.")},
    )
    text = TextField(label=_("Your words"), help_text=_("A line is enough."), max_length=LONGEST_REPLY)
    kind = forms.ChoiceField(
        label=_("Do you want an answer?"),
        choices=[(ReplyKind.QUESTION, _("Yes, it is a question")), (ReplyKind.MESSAGE, _("No, it is only to be read"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two."), "invalid_choice": _("Choose one of the two.")},
    )

    def __init__(self, *args: Any, membership: Membership, answers_to: Reply | None = None, **kwargs: Any) -> None:
        self.membership = membership
        user, journal = membership.user, membership.journal
        shares = Share.objects.of_member(user, journal).active()
        self.readers = list(shares)
        initial = {"journal": journal.pk, "submission": uuid.uuid4(), "kind": ReplyKind.QUESTION}
        if answers_to is not None:
            initial |= {"reply": answers_to.pk, "share": answers_to.share_id, "kind": ReplyKind.MESSAGE}
        elif len(self.readers) == 1:
            initial["share"] = self.readers[0].pk
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        offer_rows(self, "share", shares)
        offer_rows(self, "reply", Reply.objects.for_member(membership).filter(share__in=shares))
        if answers_to is not None or len(self.readers) == 1:
            self.fields["share"].widget = forms.HiddenInput()

    def clean_text(self) -> str:
        """Nothing is sent without words."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError(_("Write a few words."))
        return text

    @property
    def entry(self) -> Entry | None:
        """The entry it is about: that of the reply it answers, while this counsellor may read it."""
        reply = self.cleaned_data.get("reply")
        if reply is None or reply.entry_id is None:
            return None
        open_now = SharedEntry.objects.of_entries([reply.entry_id], [self.cleaned_data["share"]])
        return reply.entry if open_now else None

    def save(self) -> Reply:
        """Send it, once."""
        data = self.cleaned_data
        reply, _new = Reply.objects.send(
            share=data["share"],
            author=self.membership.user,
            entry=self.entry,
            submission=data["submission"],
            text=data["text"],
            kind=data.get("kind") or ReplyKind.MESSAGE,
            from_family=True,
        )
        return reply


class QuestionForm(DraftedForm, AskForm):
    """The same with words that are kept while they are typed; who is to read them is chosen anew each time."""

    FORM = Draft.Form.QUESTION
    # Also the submission: a draft that was sent after all is the same message, not a second one.
    DRAFTED = ("text", "kind", "submission")

    def __init__(self, *args: Any, membership: Membership, answers_to: Reply | None = None, **kwargs: Any) -> None:
        self.membership = membership
        self.target = answers_to.pk if answers_to else membership.journal_id
        draft = Draft.objects.of_user(membership.user).filter(form=self.FORM, target=self.target).first()
        words = self.drafted(draft)
        self.kept = draft if words.get("text", "").strip() and not self.is_sent(words.get("submission", "")) else None
        initial = {"sequence": int(time.time() * 1000), **(words if self.kept else {})}
        super().__init__(*args, membership=membership, answers_to=answers_to, initial=initial, **kwargs)

    def is_sent(self, submission: str) -> bool:
        """Whether these words were sent already: a packet that comes later is no draft."""
        sent = identity(submission)
        replies = Reply.objects.for_member(self.membership).filter(author=self.membership.user)
        return sent is not None and replies.filter(submission=sent).exists()

    def save(self) -> Reply:
        """Send it, once, and let go of the draft."""
        Draft.objects.of_user(self.membership.user).drop(user=self.membership.user, form=self.FORM, target=self.target)
        return super().save()


class CheckForm(AskForm):
    """The answers to "before you act", with a few words if wanted."""

    text = TextField(label=_("What would you like to ask?"), help_text=_("You can leave this empty."), max_length=LONGEST_REPLY)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, membership=membership, **kwargs)
        del self.fields["reply"], self.fields["kind"]
        for name, values in CHOICES.items():
            choices = [("", ""), *((value, value) for value in values)]
            self.fields[name] = forms.ChoiceField(choices=choices, required=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """The answers say enough by themselves."""
        return str(self.cleaned_data["text"])

    @property
    def answers(self) -> Answers:
        """The answers, as they came or as they stand in the page."""
        source = self.data if self.is_bound else self.initial
        return Answers.read({name: str(source.get(name) or "") for name in CHOICES})

    def save(self) -> Reply:
        """Send it, once; what was skipped stays out."""
        data = self.cleaned_data
        reply, _new = Reply.objects.send(
            share=data["share"],
            author=self.membership.user,
            entry=None,
            submission=data["submission"],
            text=data["text"],
            kind=ReplyKind.CHECK,
            answers=self.answers.given,
            from_family=True,
        )
        return reply

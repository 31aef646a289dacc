"""That a reply hurt: said by a parent, counted for the centre, without a word."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from journal.models.journals import Journal
from journal.models.replies import Reply


class ReplyHurtQuerySet(models.QuerySet["ReplyHurt"]):
    """Saying it, taking it back, and counting it."""

    def of_user(self, user: Any, reply: Reply) -> "ReplyHurt | None":
        """What this parent said about a reply."""
        return self.filter(user=user, reply=reply).first()

    def say(self, *, user: Any, reply: Reply, told_counsellor: bool) -> None:
        """Remember it, and whether the counsellor is to know; said twice, the last word holds."""
        self.update_or_create(
            user=user, reply=reply, defaults={"journal_id": reply.journal_id, "told_counsellor": told_counsellor}
        )

    def take_back(self, *, user: Any, reply: Reply) -> None:
        """Forget it."""
        self.filter(user=user, reply=reply).delete()

    def count_by_counsellor(self, roles: list[Any]) -> dict[Any, int]:
        """How many replies of each of these counsellors hurt somebody: a number, for the centre's page."""
        rows = self.annotate(writer=Coalesce("reply__cover", "reply__share__counsellor")).filter(writer__in=roles)
        counted = rows.order_by().values("writer").annotate(replies=models.Count("reply", distinct=True))
        return {row["writer"]: row["replies"] for row in counted}

    def said_by(self, user: Any) -> Self:
        """What this parent said."""
        return self.filter(user=user)

    def visible_to(self, user: Any) -> Self:
        """For a parent: their own. For the counsellor who wrote the reply: those they are to know of."""
        told = models.Q(told_counsellor=True, reply__author=user)
        return self.filter(models.Q(user=user) | told)


class ReplyHurt(models.Model):
    """One parent said that one reply hurt. It says nothing else: a manager reads a number and the counsellor's name."""

    journal = models.ForeignKey(Journal, on_delete=models.CASCADE, related_name="+")
    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="hurts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    told_counsellor = models.BooleanField(default=False)
    said_at = models.DateTimeField(default=timezone.now)

    objects = ReplyHurtQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply", "user"], name="a_reply_hurts_once")]

    def __str__(self) -> str:
        return f"hurt by {self.reply_id}"

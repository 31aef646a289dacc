"""The rows of the bare page: the least a list of entries can be."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Row(models.Model):
    """One line of somebody's, in clear."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    created = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=20)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created", "-id"], name="bench_row_newest")]

    def __str__(self) -> str:
        return f"row {self.pk}"

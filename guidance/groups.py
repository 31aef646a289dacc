"""The fourteen cards stand in four groups: what many parents think of first, what is rare and drastic later."""

from django.utils.translation import gettext_lazy as _

from guidance.stages import Stage

GROUPS = (
    Stage(_("Words and hints"), 1, 4),
    Stage(_("Their room and their things"), 5, 9),
    Stage(_("Acting for them, or asking others to"), 10, 13),
    Stage(_("When it comes to blows"), 14, 14),
)

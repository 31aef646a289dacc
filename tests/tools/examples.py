"""How often a rule is tried: `make test` looks anew at a quarter of the histories each time, `FULL=1` at all of them."""

from hypothesis import HealthCheck, settings

QUICK, FULL = "quick", "full"
# No example is held to a time: on a machine that is busy elsewhere each may be slow.
settings.register_profile(QUICK, deadline=None)
settings.register_profile(FULL, deadline=None)
settings.load_profile(QUICK)  # `--hypothesis-profile` is read after tests/conftest.py has brought this in


def tried(most: int) -> settings:
    """For a rule after any history, whose examples share a database and undo what they did."""
    examples = most if settings.get_current_profile_name() == FULL else max(most // 4, 5)
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

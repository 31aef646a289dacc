"""What a run needs to know of its data, without a model: who is signed in, where to look, and the words to look for."""

from dataclasses import dataclass, field

# The newest and the oldest entry of every family say these.
NEWEST, OLDEST = "lantern-newest", "lantern-oldest"


@dataclass
class Seeded:
    """Where to look: session keys by name, addresses, and how much there is."""

    sessions: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

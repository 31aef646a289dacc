"""How much data a run has. A size is a name and a handful of numbers; nothing else decides what is seeded."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Size:
    """``queues`` are counsellors' families, ``long`` the entries of the measured parent; the other two are growth curves."""

    name: str
    families: int
    years: int = 5
    a_week: float = 3.0
    queues: tuple[int, int] = (40, 130)
    long: int = 5000
    journals: tuple[int, ...] = (10, 100, 1000, 10_000)
    desks: tuple[int, ...] = (10, 100, 500)

    @property
    def each(self) -> int:
        """How many entries an ordinary family has."""
        return max(12, round(self.years * 52 * self.a_week))

    def full(self) -> "Size":
        """The same with the whole growth curves: minutes of seeding more."""
        return replace(self, journals=(*self.journals, 100_000), desks=(*self.desks, 2000))


SIZES = {
    size.name: size
    for size in (
        # For the bench's own test.
        Size("tiny", families=4, years=1, a_week=0.3, queues=(2, 2), long=120, journals=(10, 30), desks=(2, 4)),
        Size("small", families=10, years=1, queues=(4, 6), long=500, journals=(10, 100, 1000), desks=(10, 40)),
        Size("city", families=300),
        Size("prefecture", families=2000),
    )
}

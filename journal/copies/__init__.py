"""Copies of a journal: what a parent takes out, and what is brought into an empty journal.

A part of the journal is one Section (``sections.py``), registered by the modules imported here, in the order in which
the file shows them. A part that is not registered is in no copy.
"""

from journal.copies import agreements, circle, entries, visits

__all__ = ["agreements", "circle", "entries", "visits"]

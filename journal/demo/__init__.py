"""Invented families for `manage.py demo`: the data, its reading and its building."""

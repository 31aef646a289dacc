"""Addresses of rows: the ones Django gives, asked of it once."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from journal.addresses import row_url


@pytest.mark.parametrize("name", ["journal:entry_detail", "journal:entry_readers", "journal:desk_family"])
def test_the_address_of_a_row_is_the_one_django_gives_in_each_language(name):
    for language in ("en", "ja", "en"):
        with translation.override(language):
            for key in (uuid4(), uuid4()):
                assert row_url(key, name) == row_url(str(key), name) == reverse(name, args=[key])

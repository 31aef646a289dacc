"""Content to break. Nothing in these tests may touch a database, so none carries the mark for it."""

import shutil
from pathlib import Path

import pytest

from tests.guidance import content


@pytest.fixture(scope="session")
def faultless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of faultless content, made once."""
    return content.make(tmp_path_factory.mktemp("content"))


@pytest.fixture
def root(faultless: Path, tmp_path: Path) -> Path:
    """A copy of it, to put one fault into."""
    return Path(shutil.copytree(faultless, tmp_path / "content"))

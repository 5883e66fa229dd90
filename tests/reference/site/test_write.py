"""A site is replaced whole or not at all."""

from __future__ import annotations

import pytest

from derivc.errors import SaveError
from derivc.reference.site import write


def everything(folder):
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_a_site_is_written_and_replaced(tmp_path):
    place = write.write(tmp_path / "a/b/site", {"index.html": "one", "ops/x.html": b"two"})
    assert everything(place) == {"index.html", "ops/x.html", write.MARK}
    write.write(place, {"index.html": "three"})
    assert everything(place) == {"index.html", write.MARK}
    assert (place / "index.html").read_text(encoding="utf-8") == "three"
    assert names(place.parent) == ["site"]


def test_a_failed_build_leaves_the_old_site(tmp_path):
    place = write.write(tmp_path / "site", {"index.html": "old"})
    with pytest.raises(SaveError):
        write.write(place, {"index.html": "new", "index.html/inside": "a file in a file"})
    assert (place / "index.html").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["site"]


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "site").mkdir()
    assert write.write(tmp_path / "site", {"index.html": ""}).is_dir()


@pytest.mark.parametrize("kind", ["file", "link", "full"])
def test_what_is_no_site_is_left_alone(tmp_path, kind):
    place = tmp_path / "site"
    if kind == "file":
        place.write_text("mine", encoding="utf-8")
    elif kind == "link":
        place.symlink_to(tmp_path)
    else:
        place.mkdir()
        (place / "mine").write_text("", encoding="utf-8")
    before = everything(tmp_path)
    with pytest.raises(SaveError):
        write.write(place, {"index.html": ""})
    assert everything(tmp_path) == before

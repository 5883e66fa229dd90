"""The notebooks cannot rot: equal to their sources, and what they print comes out again."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from notebooks import pairing

SOURCES = pairing.sources()
each = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)


def needs(source: Path | None = None) -> None:
    """Skip where a package is missing."""
    if lacking := pairing.missing(source):
        pytest.skip(f"not installed: {', '.join(lacking)} (pip install 'derivc[docs]')")


@each
def test_notebook_is_its_source(source: Path) -> None:
    needs()
    notebook = pairing.committed(source)
    assert pairing.cells(notebook) == pairing.cells(pairing.made_from(source)), (
        f"python -m notebooks {source.name[:2]}"
    )


@each
def test_notebook_is_small_and_quiet(source: Path) -> None:
    needs()
    path, notebook = source.with_suffix(".ipynb"), pairing.committed(source)
    assert path.stat().st_size < pairing.LARGEST
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    noise = [c.source for c in code if {"stderr", "error"} & set(pairing.kinds(c))]
    assert not noise, "these cells printed warnings or errors"


@each
# What zmq and the kernel's client warn of is not ours.
@pytest.mark.filterwarnings("default")
def test_outputs_come_out_again(source: Path) -> None:
    needs(source)
    notebook = pairing.execute(source)
    found = pairing.faults(pairing.committed(source), notebook)
    assert not found, "\n".join([f"python -m notebooks {source.name[:2]}", *found])


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("x = 1.0000000001 at <f 0x>", "x = 1.0000000002 at <f 0x>", True),
        ("x = 1.001", "x = 1.002", False),
        ("[1e-17, -2]", "[0, -2]", True),
        ("1 point", "1 place", False),
        ("3 points", "3 points, 1 bad", False),
        ("x2 = 5", "x3 = 5", False),
    ],
)
def test_texts_agree_to_six_digits(one: str, other: str, equal: bool) -> None:
    assert pairing.agree(one, other) is equal


def test_stale_outputs_are_found() -> None:
    pytest.importorskip("nbformat")
    from nbformat import v4

    said = v4.new_output("stream", name="stdout", text="worst 3.0 ulp\n")
    old = v4.new_notebook(cells=[v4.new_code_cell("f()", outputs=[said])])
    new = copy.deepcopy(old)
    assert not pairing.faults(old, new)
    new.cells[0].outputs[0].text = "worst 4.0 ulp\n"
    assert "now" in pairing.faults(old, new)[0]
    old.cells[0].metadata["tags"] = ["timing"]
    assert not pairing.faults(old, new)
    picture = v4.new_output("display_data", data={"image/png": "", "text/plain": "<Figure>"})
    new.cells[0].outputs.append(picture)
    assert "image/png" in pairing.faults(old, new)[0]


def test_packages_are_read_from_the_source(tmp_path: Path) -> None:
    path = tmp_path / "00_trial.py"
    path.write_text(
        "# %% [markdown]\n# Text\n# %%\nimport numpy as np\nfrom absent.part import x\n"
    )
    assert list(pairing.imported(path)) == ["numpy", "absent"]
    assert "absent" in pairing.missing(path)

"""What is shipped: the wheel holds the templates, and every record of the project agrees."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import derivc

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "templates"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WHERE = """
import derivc
from derivc.codegen.environment import template_root
print(derivc.__file__)
print(template_root())
"""


def run(*command: str, cwd: Path, **variables: str) -> str:
    """The output of a command; what it said is shown if it fails."""
    environment = os.environ | variables
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def locate(source: Path, cwd: Path) -> tuple[Path, Path]:
    """Where a fresh interpreter finds the package and its templates, looking in `source` first."""
    said = run(sys.executable, "-c", WHERE, cwd=cwd, PYTHONPATH=str(source))
    module, templates = map(Path, said.splitlines())
    return module.parent, templates


def files(folder: Path) -> set[str]:
    found = (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {p.relative_to(folder).as_posix() for p in found}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("building a wheel needs hatchling: python -m pip install hatchling")
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out), cwd=ROOT)
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the wheel unpacked, which is all that installing pure Python does."""
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def test_wheel_holds_the_package(installed):
    package = files(installed / "derivc")
    assert "py.typed" in package
    inside = {path for path in files(ROOT / "derivc") if "beside" not in Path(path).parts}
    assert inside <= package


def test_wheel_holds_the_templates(installed):
    assert files(TEMPLATES)
    assert files(installed / "derivc" / "_templates") == files(TEMPLATES)


def test_wheel_holds_nothing_else(installed):
    outside = {p.name for p in installed.iterdir()}
    assert outside == {"derivc", "pytest_derivc.py", f"derivc-{derivc.__version__}.dist-info"}


def test_wheel_holds_the_plugin_beside_the_package(installed):
    plugin = ROOT / "derivc" / "beside" / "pytest_derivc.py"
    assert (installed / plugin.name).read_text() == plugin.read_text()
    assert not (installed / "derivc" / "beside").exists()


def test_installed_wheel_finds_its_templates(installed, tmp_path):
    package, templates = locate(installed, tmp_path)
    assert package == installed / "derivc"
    assert templates == package / "_templates"


def test_source_tree_finds_its_templates(tmp_path):
    package, templates = locate(ROOT, tmp_path)
    assert package == ROOT / "derivc"
    assert templates.resolve() == TEMPLATES


def test_versions_agree():
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert derivc.__version__ == PROJECT["project"]["version"] == cited[1]


def test_extra_and_group_agree():
    extra = PROJECT["project"]["optional-dependencies"]["test"]
    assert extra == PROJECT["dependency-groups"]["test"]


def test_all_names_every_extra():
    extras = PROJECT["project"]["optional-dependencies"]
    named = set(re.search(r"\[(.+)\]", *extras["all"])[1].split(","))
    assert named == set(extras) - {"all", "test"}


def installed_by(script: str) -> set[str]:
    """The packages that a script of .ci installs, those of extras written out."""
    extras = PROJECT["project"]["optional-dependencies"]
    path = ROOT / ".ci" / script
    if not path.exists():
        pytest.skip("a source archive has no .ci")
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    found: set[str] = set()
    for line in re.findall(r"pip install --quiet (.+)", text):
        for word in line.replace('"', " ").split():
            chosen = re.fullmatch(r"\.\[(.+)\]", word)
            named = chosen[1].split(",") if chosen else []
            found |= {p for name in named for p in extras[name]} or {word}
    return plain(found)


def plain(requirements) -> set[str]:
    """The names of packages without versions and extras of their own."""
    return {re.split(r"[\[<>=]", word)[0].lower() for word in requirements}


@pytest.mark.parametrize(("script", "without"), [("run", {"native", "scipy"}), ("nightly", set())])
def test_the_chores_install_what_tests_can_use(script, without):
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [p for name, few in extras.items() if name not in {"all", *without} for p in few]
    if script == "run":  # its second command installs these
        wanted = [p for p in wanted if p not in extras["test"]]
    assert plain([*wanted, *PROJECT["dependency-groups"]["peers"]]) <= installed_by(script)


def test_the_workflow_runs_what_is_supported():
    path = ROOT / ".github" / "workflows" / "ci.yml"
    if not path.exists():
        pytest.skip("a source archive has no .github")
    text = path.read_text(encoding="utf-8")
    tried = re.search(r"python: \[(.+)\]", text)[1].replace('"', "").split(", ")
    names = [c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if ":: 3." in c]
    assert tried == names
    assert all(f"run: .ci/{script}" in text for script in ("run", "nightly"))

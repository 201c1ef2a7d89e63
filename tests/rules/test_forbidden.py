"""The house rules' own eyes: each thing that is forbidden is found, its allowed neighbour is not."""

import pytest

from tests.rules.forbidden import naked_ignores, registry_host, skips, sleeps


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("pytest.skip('x')", "skip"),
        ("@pytest.mark.skipif(True)\ndef test(): ...", "skipif"),
        ("pytestmark = [mark.xfail]", "xfail"),
        ("vosk = pytest.importorskip('vosk')", "importorskip"),
        ("from pytest import skip", "skip"),
        ("from pytest import importorskip as needs", "importorskip"),
        ("import pytest as p\np.skip()", "skip"),
        ("from _pytest.outcomes import Failed\nimport unittest\nraise unittest.SkipTest", "SkipTest"),
        ("class Test(TestCase):\n    def test(self): self.skipTest('x')", "skipTest"),
        ("@pytest.mark.flaky(reruns=2)\ndef test(): ...", "flaky"),
    ],
)
def test_what_skips_a_test_is_found(source: str, name: str) -> None:
    assert [found for _, found in skips(source)] == [name]


@pytest.mark.parametrize("source", ["from pytest import fixture", "report.rerun()", "skip = 3", "mark.timeout(9)"])
def test_other_words_skip_nothing(source: str) -> None:
    assert not list(skips(source))


def test_a_sleep_is_found_however_it_is_imported() -> None:
    assert list(sleeps("import time\ntime.sleep(1)")) == [2]
    assert list(sleeps("from time import sleep")) == [1]
    assert not list(sleeps("import time\nfrom time import monotonic\ntime.time()"))


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # type: ignore",
        "x = 1  # noqa",
        "# ruff: noqa",
        "# flake8: noqa",
        "# mypy: ignore-errors",
        "x  # pragma: no cover",
    ],
)
def test_a_naked_ignore_in_python_is_found(line: str) -> None:
    assert list(naked_ignores(f"a = 1\n{line}\n", python=True)) == [2]


@pytest.mark.parametrize("line", ["x = 1  # type: ignore[arg-type]", "x = 1  # noqa: S311", "# ruff: noqa: E501"])
def test_an_ignore_in_python_that_names_its_rule_is_allowed(line: str) -> None:
    assert not list(naked_ignores(line, python=True))


@pytest.mark.parametrize(
    "line",
    [
        "// @ts-ignore",
        "// @ts-ignore the library's types are wrong",  # silences whatever comes later too
        "// @ts-nocheck",
        "// @ts-expect-error",
        "/* @ts-expect-error */",
        "<!-- @vue-expect-error -->",
        "<!-- @vue-ignore -->",
        "// eslint-disable-next-line",
        "// eslint-disable-next-line no-console",
        "/* eslint-disable */",
        "/* stylelint-disable color-no-hex */",
        "// prettier-ignore",
    ],
)
def test_a_naked_ignore_in_a_page_is_found(line: str) -> None:
    assert list(naked_ignores(f"const a = 1\n{line}\n", python=False)) == [2]


@pytest.mark.parametrize(
    "line",
    [
        "// @ts-expect-error the older browsers lack it",
        "// eslint-disable-next-line no-console -- the operator reads it",
        "// biome-ignore lint/style: a table reads better so",
        "const ignored = tsIgnore()",
    ],
)
def test_an_ignore_in_a_page_that_says_why_is_allowed(line: str) -> None:
    assert not list(naked_ignores(line, python=False))


def test_registry_hosts_are_found_in_any_writing() -> None:
    for name, end in (("pypi", "org"), ("registry.npmjs", "org"), ("DEB.Debian", "org"), ("files.pythonhosted", "org")):
        assert registry_host(f"index = https://{name}.{end}/simple")
    assert not registry_host("pip install from the index of the machine; bookworm of Debian")

"""In continuous integration nothing is left out silently."""

import pytest

from . import needed


def test_what_is_not_there_is_skipped_on_a_developers_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOCAL_VPP_CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="there is no such tool"):
        needed.lacks("there is no such tool: install it")
    with pytest.raises(pytest.skip.Exception, match=r"local-vpp\[none\]"):
        needed.module("no_such_module_anywhere", "none")


def test_what_is_not_there_fails_in_continuous_integration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_VPP_CI", "1")
    with pytest.raises(pytest.fail.Exception, match="nothing may be left out"):
        needed.lacks("there is no such tool: install it")
    with pytest.raises(pytest.fail.Exception, match=r"local-vpp\[none\]"):
        needed.module("no_such_module_anywhere", "none")
    assert needed.module("json", "none").loads("1") == 1

"""Rules as child processes get them: whole, and unpacked once however many tasks carry them."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import get_type_hints

import pytest

from dazoufang.judging.examine import Task
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.packed import Packed, pack, unpacked
from dazoufang.rules.sourced import Sourced
from dazoufang.writing.answers.copy_task import CopyTask


def arrived(rules: Rules) -> Rules:
    """The rules as a task brings them into another process."""
    return unpacked(pickle.loads(pickle.dumps(pack(rules))))  # noqa: S301


def test_rules_arrive_as_they_were_sent(rules: Rules) -> None:
    found = arrived(rules)
    assert found == rules and found is not rules
    assert found.campaign.townships.names[0] == "章华镇"
    assert found.campaign.items.number(2023, 2, "dispute", 12) == "23下矛0012"
    assert isinstance(found.campaign.bureau, Sourced) and found.campaign.bureau.source


def test_they_are_unpacked_once_and_other_rules_are_others(tmp_path: Path, rules: Rules) -> None:
    folder = Path(shutil.copytree(rules.folder, tmp_path / "schemas"))
    file = folder / "campaign.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("name:", "name: ", 1) + "\n# 注\n", encoding="utf-8")
    assert arrived(rules) is arrived(rules)
    assert arrived(load_rules(folder)).fingerprint != rules.fingerprint


def test_a_child_reads_no_file_of_the_rules(tmp_path: Path, rules: Rules) -> None:
    folder = Path(shutil.copytree(rules.folder, tmp_path / "schemas"))
    sent = pickle.dumps(pack(load_rules(folder)))
    shutil.rmtree(folder)
    assert unpacked(pickle.loads(sent)).campaign == rules.campaign  # noqa: S301


@pytest.mark.parametrize(("task", "given"), [(Task, "data"), (CopyTask, "original")])
def test_a_task_carries_bytes_and_rules_so_that_a_worker_needs_no_share(task: type, given: str) -> None:
    kinds = get_type_hints(task)
    assert (kinds[given], kinds["rules"]) == (bytes, Packed)
    assert Path not in kinds.values()

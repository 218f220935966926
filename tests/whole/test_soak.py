"""A watched folder in random drops, edits, kills and outages: nothing is lost, doubled, half-read or left without an answer."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from conftest import TODAY, Office, made_quick
from killing import InProcess
from soaking import Model, answers, csv, faulty, figures, good, judge, said, soaked

from dazoufang.commands.run import run
from dazoufang.system.home import Home

SECONDS = float(os.environ.get("DAZOUFANG_SOAK", "10"))
SEED = int(os.environ.get("DAZOUFANG_SOAK_SEED", "") or time.time())


def test_whatever_happens_to_a_watched_folder_every_file_is_kept_and_answered_once(tmp_path: Path) -> None:
    with soaked(tmp_path / "home", SECONDS, SEED) as soak:
        told = said(figures(soak))
        wrong = judge(soak.home, soak.model)
    assert not wrong, f"seed {SEED} (DAZOUFANG_SOAK_SEED repeats it)\n" + "\n".join(wrong) + f"\n{told}"


# -- the model can see: each of these must be reported ---------------------------------------------------------------


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Model]:
    """A home that took in what the model knows of, and at which nothing is wrong."""
    office, model, rng = Office(Home(tmp_path_factory.mktemp("soaked") / "home")), Model(), Random(1)
    files = {
        "工会/走访.xlsx": good(rng, "工会"),
        "工会/走访.csv": csv(rng, "工会"),
        "督导室/走访.xlsx": faulty(rng, "督导室"),
    }
    for path, data in files.items():
        office.drop(path, data)
        model.add(path, data)
    with pytest.MonkeyPatch.context() as patch:
        made_quick(patch)
        office.run()
        assert judge(office.home, model) == []
    shutil.rmtree(office.home.root / "undisturbed")
    return office.home, model


@pytest.fixture
def copy(done: tuple[Home, Model], tmp_path: Path) -> tuple[Home, Model]:
    """The same, to be spoiled."""
    home, model = done
    shutil.copytree(home.root, tmp_path / "home")
    return Home(tmp_path / "home"), Model(list(model.deliveries))


def _an_original_goes(home: Home, model: Model) -> None:
    next(home.archive.rglob("*.csv")).unlink()


def _an_original_changes(home: Home, model: Model) -> None:
    with next(home.archive.rglob("*.csv")).open("ab") as stream:
        stream.write(b"\n")


def _an_answer_goes(home: Home, model: Model) -> None:
    folder, name = min(answers(home))
    Path(folder, name).unlink()


def _an_answer_is_doubled(home: Home, model: Model) -> None:
    folder, name = min(answers(home))
    shutil.copyfile(Path(folder, name), home.outbox / "退回" / name)


def _a_delivery_is_doubled(home: Home, model: Model) -> None:
    one = model.deliveries[0]
    file = home.inbox / one.path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(one.data)
    run(home, TODAY)


def _a_delivery_never_arrives(home: Home, model: Model) -> None:
    model.add("工会/丢了.xlsx", good(Random(2), "工会"))


def _half_a_file_is_taken(home: Home, model: Model) -> None:
    whole = csv(Random(3), "工会")
    (home.inbox / "半份.csv").write_bytes(whole[: len(whole) // 2])
    run(home, TODAY)
    model.add("半份.csv", whole)


def _something_stays_in_the_inbox(home: Home, model: Model) -> None:
    (home.inbox / "走访.xlsx.tmp").write_bytes(b"")


def _an_annex_is_not_what_it_was(home: Home, model: Model) -> None:
    next(home.outbox.glob("附件1*")).write_bytes(b"")


SPOILED: dict[str, tuple[Callable[[Home, Model], None], str]] = {
    "an original goes": (_an_original_goes, "not in the archive byte for byte: 工会/走访.csv"),
    "an original changes": (_an_original_changes, "not in the archive byte for byte: 工会/走访.csv"),
    "an answer goes": (_an_answer_goes, "0 pages and 0 copies"),
    "an answer is doubled": (_an_answer_is_doubled, "2 pages"),
    "a delivery is doubled": (_a_delivery_is_doubled, "delivered 1 to 1 times, taken in 2 times: 工会/走访.xlsx"),
    "a delivery never arrives": (_a_delivery_never_arrives, "delivered 1 to 1 times, taken in 0 times: 工会/丢了.xlsx"),
    "half a file is taken": (_half_a_file_is_taken, "never complete, yet taken in: 半份.csv"),
    "something stays in the inbox": (_something_stays_in_the_inbox, "left in the inbox: 走访.xlsx.tmp"),
    "an annex is not what it was": (_an_annex_is_not_what_it_was, "not as in an undisturbed home: 附件1"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_the_model_sees_when(what: str, copy: tuple[Home, Model], quick: InProcess) -> None:
    spoil, words = SPOILED[what]
    spoil(*copy)
    assert any(words in line for line in judge(*copy))

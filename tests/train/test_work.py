"""A stopped run goes on where it was, and a damaged file is made again."""

import numpy as np
import pytest

from adscreen.train.work import Work, code_digest


def test_kept_arrays_are_not_made_twice(tmp_path):
    work, made = Work(tmp_path / "w"), []

    def make():
        made.append(1)
        return {"a": np.arange(3)}

    assert work.keep("k", make)["a"].tolist() == work.keep("k", make)["a"].tolist() == [0, 1, 2]
    assert Work(tmp_path / "w").keep("k", make)["a"].tolist() == [0, 1, 2]
    assert len(made) == 1
    work.keep("other", make)
    assert len(made) == 2


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 half a file"])
def test_a_damaged_file_counts_as_absent(tmp_path, damage):
    work = Work(tmp_path / "w")
    work.keep("k", lambda: {"a": np.arange(3)})
    (tmp_path / "w" / "k.npz").write_bytes(damage)
    assert work.keep("k", lambda: {"a": np.arange(5)})["a"].tolist() == [0, 1, 2, 3, 4]
    assert work.keep("k", lambda: pytest.fail("not kept"))["a"].tolist() == [0, 1, 2, 3, 4]


def test_what_failed_is_not_kept(tmp_path):
    def broken():
        raise KeyboardInterrupt

    work = Work(tmp_path / "w")
    with pytest.raises(KeyboardInterrupt):
        work.keep("k", broken)
    assert not (tmp_path / "w").exists()


def test_steps_are_counted_and_timed():
    said = []
    work = Work(None, said.append, 2)
    for name in ("reading", "fitting"):
        with work.step(name):
            pass
    assert said[0] == "step 1 of 2: reading"
    assert said[-1].startswith("step 2 of 2: fitting: done in 0.")


def test_done_removes_the_folder(tmp_path):
    work = Work(tmp_path / "w")
    work.keep("k", lambda: {"a": np.arange(3)})
    work.done()
    assert not (tmp_path / "w").exists()
    assert len(code_digest()) == 64

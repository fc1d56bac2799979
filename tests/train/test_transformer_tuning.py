"""Fine-tuning learns what decides, keeps its best epoch, and gives the same weights again, stopped on the way or not."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from torch.nn.functional import cross_entropy

from adscreen.classifiers.network import Network
from adscreen.errors import OutsideError
from adscreen.train.config import TrainConfig
from adscreen.train.transformer import tuning
from adscreen.train.transformer.base import Base, load_base
from adscreen.train.transformer.data import Examples
from adscreen.train.transformer.fit import TransformerRun
from adscreen.train.transformer.tuning import LAWFUL, LURE, Epoch, fine_tune, precision_of, torch_logits
from adscreen.train.work import Work

PAIRS = 60
WORDS = "driver wait airport keep gate interview office before fly cook hotel salary month paid"
LURE_WORD, LAWFUL_WORD = "phone", "permit"


@dataclass(frozen=True, slots=True)
class Task:
    base: Base
    examples: Examples
    rows: np.ndarray
    validation: np.ndarray

    def fit(self, config, folder, say=lambda line: None, seed: int = 0) -> tuple[Network, tuple[Epoch, ...]]:
        return fine_tune(self.base, self.examples, self.rows, self.validation, config, seed, folder, say)

    def ranking(self, network: Network) -> float:
        inputs = [self.base.layout.inputs(self.examples.pieces[row])[0] for row in self.validation]
        logits = torch_logits(network, inputs)
        return roc_auc_score(self.examples.label[self.validation] == LURE, logits[:, LURE] - logits[:, LAWFUL])


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Networks this small are slower on several threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def config(tiny_config):
    return replace(tiny_config, epochs=3, patience=3, learning_rate=0.01)


@pytest.fixture(scope="module")
def task(config) -> Task:
    """Twins of the same words but one, which decides."""
    base, random = load_base(config), np.random.default_rng(0)
    texts: list[str] = []
    for _ in range(PAIRS):
        words = list(random.choice(WORDS.split(), random.integers(4, 12)))
        words.insert(random.integers(len(words)), "{}")
        texts += [" ".join(words).format(word) for word in (LURE_WORD, LAWFUL_WORD)]
    pieces = [[base.tokenizer(text, add_special_tokens=False)["input_ids"]] for text in texts]
    twins = np.array([f"p{row // 2}" for row in range(2 * PAIRS)], dtype=object)
    fillers = [[pieces[row][0][:5]] for row in range(6) if LURE_WORD not in texts[row]]
    examples = Examples(pieces, np.array([LURE, LAWFUL] * PAIRS), np.ones(2 * PAIRS), twins, fillers)
    return Task(base, examples, np.arange(80), np.arange(80, 120))


@pytest.fixture(scope="module")
def unbroken(task, config, tmp_path_factory):
    """A run from beginning to end, and what it said."""
    folder, said = tmp_path_factory.mktemp("runs") / "unbroken", []
    network, curve = task.fit(config, folder, said.append)
    return SimpleNamespace(network=network, curve=curve, said=said, folder=folder)


def _apart(one: Network, other: Network) -> float:
    first, second = one.state_dict(), other.state_dict()
    assert first.keys() == second.keys()
    return max(float((first[name] - second[name]).abs().max()) for name in first)


class _Ranked:
    """Gives figures in place of ROC-AUC, one for each epoch, and keeps the weights that they are given for."""

    def __init__(self, monkeypatch, figures: Sequence[float]) -> None:
        self.seen: list[dict[str, torch.Tensor]] = []
        self._left, logits = list(figures), tuning.torch_logits
        monkeypatch.setattr(tuning, "roc_auc_score", lambda *given: self._left.pop(0))
        monkeypatch.setattr(tuning, "torch_logits", lambda network, *given: self._keep(network) or logits(network, *given))

    def _keep(self, network: Network) -> None:
        self.seen.append({name: values.clone() for name, values in network.state_dict().items()})


def _same(network: Network, kept: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(values, kept[name]) for name, values in network.state_dict().items())


def _stopped(task, config, folder, epoch: int) -> None:
    """A run that is stopped when it would tell of an epoch, before that is kept."""

    def say(line: str) -> None:
        if line.startswith(f"epoch {epoch}:"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        task.fit(config, folder, say)


def test_what_decides_is_learnt(unbroken, task, config):
    losses = [epoch.loss for epoch in unbroken.curve]
    assert losses[-1] < 0.7 * losses[0]
    assert task.ranking(unbroken.network) > 0.9
    assert max(epoch.roc_auc for epoch in unbroken.curve) == pytest.approx(task.ranking(unbroken.network), abs=1e-6)


def test_the_loss_is_of_labels_by_weight_and_of_twins_by_rank(task, config, tiny_encoder, tmp_path):
    """One batch of the twins, some of them the lawful one first, one of them alone, without anything left to chance or learnt."""
    folder = shutil.copytree(tiny_encoder, tmp_path / "base")
    content = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**content, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}))
    config = replace(config, base=str(folder), epochs=1, learning_rate=0.0, batch_tokens=10_000, drop_tokens=0.0, padding=0.0, pair_weight=0.7)
    rows, base = np.array([0, 1, 3, 2, 4, 6, 7]), load_base(config)
    examples = replace(task.examples, weight=np.linspace(0.1, 2.0, 2 * PAIRS))
    _, (epoch,) = fine_tune(base, examples, rows, task.validation, config, 0, tmp_path / "run", lambda line: None)

    logits = torch.from_numpy(torch_logits(base.network(config, 0), [base.layout.inputs(examples.pieces[row])[0] for row in rows]))
    labels = cross_entropy(logits, torch.from_numpy(examples.label[rows]), reduction="none").numpy()
    odds = dict(zip(rows.tolist(), (logits[:, LURE] - logits[:, LAWFUL]).tolist(), strict=True))
    ranks = [np.log1p(np.exp(odds[lure + 1] - odds[lure])) for lure in (0, 2, 6)]
    assert epoch.loss == pytest.approx(np.average(labels, weights=examples.weight[rows]) + 0.7 * np.mean(ranks), abs=1e-4)


def test_every_epoch_is_told_once(unbroken, config):
    numbers = [epoch.number for epoch in unbroken.curve]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(unbroken.said) == len(numbers) <= config.epochs
    for line, epoch in zip(unbroken.said, unbroken.curve, strict=True):
        assert line.startswith(f"epoch {epoch.number}: loss {epoch.loss:.3f}, ROC-AUC {epoch.roc_auc:.4f} on held-out groups")


def test_checkpoints_are_gone_at_the_end(unbroken):
    assert not unbroken.folder.exists()


def test_the_same_seed_gives_equal_weights_and_prints_nothing(unbroken, task, config, tmp_path, capfd):
    again, curve = task.fit(config, tmp_path / "run")
    assert _apart(unbroken.network, again) == 0
    assert [(epoch.loss, epoch.roc_auc) for epoch in curve] == [(epoch.loss, epoch.roc_auc) for epoch in unbroken.curve]
    assert capfd.readouterr().out == ""


def test_another_seed_gives_other_weights(unbroken, task, config, tmp_path):
    assert _apart(unbroken.network, task.fit(replace(config, epochs=1), tmp_path / "run", seed=1)[0]) > 1e-3


@pytest.mark.parametrize("epoch", [1, 3])
def test_a_stopped_run_goes_on_and_ends_as_if_it_had_not_been(unbroken, task, config, tmp_path, epoch):
    said: list[str] = []
    _stopped(task, config, tmp_path / "run", epoch)
    network, _ = task.fit(config, tmp_path / "run", said.append)
    assert _apart(unbroken.network, network) < 1e-6
    assert said[-1].partition(" on held-out")[0] == unbroken.said[-1].partition(" on held-out")[0]
    assert len(said) == (config.epochs if epoch == 1 else config.epochs - epoch + 2)


def test_a_run_that_was_ended_when_all_was_done_is_not_trained_again(unbroken, task, config, tmp_path, monkeypatch):
    def stop(*given, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tuning.shutil, "rmtree", stop)
        with pytest.raises(KeyboardInterrupt):
            task.fit(config, tmp_path / "run")
    said: list[str] = []
    network, _ = task.fit(config, tmp_path / "run", said.append)
    assert not [line for line in said if line.startswith("epoch")]
    assert _apart(unbroken.network, network) == 0


def test_the_loss_curve_of_a_run_that_went_on_is_whole(unbroken, task, config, tmp_path):
    _stopped(task, config, tmp_path / "run", 3)
    _, curve = task.fit(config, tmp_path / "run")
    assert [(epoch.number, epoch.loss) for epoch in curve] == [(epoch.number, pytest.approx(epoch.loss)) for epoch in unbroken.curve]


def test_a_run_that_went_on_is_as_patient_as_before(task, config, tmp_path, monkeypatch):
    """No better for two epochs: over, also where it was stopped after the first of them."""
    config = replace(config, epochs=5, patience=2)
    _Ranked(monkeypatch, [0.9, 0.8, 0.7])
    _stopped(task, config, tmp_path / "run", 3)
    told: list[str] = []
    _Ranked(monkeypatch, [0.7, 0.95, 0.95])
    task.fit(config, tmp_path / "run", told.append)
    assert [line.partition(":")[0] for line in told if line.startswith("epoch")][-1] == "epoch 3"


@pytest.mark.parametrize("left", [(), ("model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth")], ids=["nothing", "no state"])
def test_a_checkpoint_that_was_half_written_is_passed_over(unbroken, task, config, tmp_path, left):
    """The run was ended while it wrote its second checkpoint."""
    _stopped(task, config, tmp_path / "run", 3)
    last = max((tmp_path / "run").glob("checkpoint-*"), key=lambda path: int(path.name.partition("-")[2]))
    for path in last.iterdir():
        if path.name not in left:
            path.unlink()
    network, _ = task.fit(config, tmp_path / "run")
    assert _apart(unbroken.network, network) < 1e-6


def test_a_run_of_other_settings_does_not_go_on_from_checkpoints(labelled, config, tmp_path):
    """The work folder bears the name of the bundle alone; what stands in it may be of a run with other settings."""
    words = [
        f"{one} {LURE_WORD if lure else LAWFUL_WORD} {one} {two}" for one in WORDS.split() for two in WORDS.split()[:2] for lure in (True, False)
    ]
    ads = labelled(words, ["lure", "legitimate"] * (len(words) // 2), [f"g{number // 2}" for number in range(len(words))])
    readings = SimpleNamespace(glossed=[(text,) for text in words], passages=[SimpleNamespace(spans=np.zeros((1, 2), np.int64)) for _ in words])

    def scores(learning_rate: float, work: Work) -> np.ndarray:
        settings = replace(config, epochs=2, learning_rate=learning_rate, folds=2, batch_tokens=64)
        return TransformerRun(ads, readings, ads.pairs, TrainConfig(transformer=settings), work).out_of_fold(np.arange(len(ads)) < 9)

    def stop(line: str) -> None:
        if "epoch 2:" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scores(0.02, Work(tmp_path / "work", stop))
    assert np.array_equal(scores(0.001, Work(tmp_path / "work")), scores(0.001, Work()))


def test_the_best_epoch_is_kept_and_others_are_given_up_after_patience(task, config, tmp_path, monkeypatch):
    ranked = _Ranked(monkeypatch, [0.5, 0.9, 0.3, 0.95])
    network, curve = task.fit(replace(config, patience=1), tmp_path / "run")
    assert [epoch.roc_auc for epoch in curve] == [0.5, 0.9, 0.3]
    assert _same(network, ranked.seen[1])
    assert not _same(network, ranked.seen[2])


def test_of_equally_good_epochs_the_first_is_kept(task, config, tmp_path, monkeypatch):
    ranked = _Ranked(monkeypatch, [0.8, 0.8])
    network, curve = task.fit(replace(config, patience=1), tmp_path / "run")
    assert len(curve) == 2
    assert _same(network, ranked.seen[0])


def test_frozen_embeddings_stay_and_all_else_learns(task, config, tmp_path):
    config = replace(config, epochs=1, frozen_embeddings=True)
    before, after = task.base.network(config, 0).state_dict(), task.fit(config, tmp_path / "run")[0].state_dict()
    for name, values in before.items():
        if ".pooler." not in name:
            assert torch.equal(values, after[name]) == name.startswith("encoder.embeddings."), name


def test_gradient_checkpoints_change_memory_and_nothing_else(task, config, tmp_path):
    config = replace(config, epochs=1, frozen_embeddings=True)
    plain, checked = (task.fit(replace(config, gradient_checkpointing=on), tmp_path / f"{on}")[0] for on in (False, True))
    assert _apart(plain, checked) < 1e-5


@pytest.mark.parametrize("validation", [np.arange(80, 120, 2), np.arange(0)], ids=["lures only", "none"])
def test_without_both_kinds_to_rank_training_goes_on(task, config, tmp_path, validation):
    said: list[str] = []
    _, curve = replace(task, validation=validation).fit(replace(config, epochs=2), tmp_path / "run", said.append)
    assert [epoch.roc_auc for epoch in curve] == [None, None]
    assert all("no held-out lures and lawful ads to rank" in line for line in said)


def test_what_is_trained_in_half_precision_computes_in_full_afterwards(task, config, tmp_path):
    network = task.fit(replace(config, epochs=1, precision="bf16"), tmp_path / "run")[0].eval()
    assert {weights.dtype for weights in network.parameters()} == {torch.float32}
    ids = torch.tensor([[2, 70, 71, 3]])
    with torch.inference_mode():
        exact = network.head(network.encoder(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state.mean(1) * 3.0)
        assert network(ids, torch.ones_like(ids)).dtype == torch.float32
        assert torch.allclose(network(ids, torch.ones_like(ids)), exact, atol=1e-5)


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("DefaultCPUAllocator: can't allocate memory"), MemoryError()]
)
def test_memory_that_runs_out_is_told_with_what_to_do(task, config, tmp_path, monkeypatch, error):
    def fail(*given, **named):
        raise error

    monkeypatch.setattr(Network, "forward", fail)
    with pytest.raises(OutsideError, match=r"batches of 256 tokens; set transformer\.batch_tokens lower"):
        task.fit(config, tmp_path / "run")


def test_other_failures_are_not_called_memory(task, config, tmp_path, monkeypatch):
    def fail(*given, **named):
        raise RuntimeError("shapes differ")

    monkeypatch.setattr(Network, "forward", fail)
    with pytest.raises(RuntimeError, match="shapes differ"):
        task.fit(config, tmp_path / "run")


def test_scores_do_not_depend_on_how_ads_are_batched(unbroken, task):
    inputs = [task.base.layout.inputs(task.examples.pieces[row])[0] for row in task.validation]
    alone = np.vstack([torch_logits(unbroken.network, [one]) for one in inputs])
    assert torch_logits(unbroken.network, inputs) == pytest.approx(alone, abs=1e-4)


def test_a_precision_that_is_asked_for_is_taken(config):
    assert [precision_of(replace(config, precision=name)) for name in ("fp32", "bf16", "fp16")] == ["fp32", "bf16", "fp16"]
    assert precision_of(replace(config, precision="auto")) in ("fp32", "bf16", "fp16")

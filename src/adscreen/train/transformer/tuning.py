"""Fine-tuning: transformers' Trainer with a loss that also ranks the lure of a pair above its lawful twin, and early stopping on held-out groups."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import roc_auc_score
from torch.nn.functional import cross_entropy, softplus
from torch.utils.data import DataLoader, Dataset
from transformers import EarlyStoppingCallback, PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from adscreen.classifiers.network import Network
from adscreen.classifiers.passages import HEADS
from adscreen.classifiers.transformer import batches_of, padded
from adscreen.errors import OutsideError
from adscreen.train.config import TransformerConfig
from adscreen.train.transformer.base import Base
from adscreen.train.transformer.data import Batches, Examples, head_tail, varied

LAWFUL, LURE = HEADS.index("legitimate"), HEADS.index("lure")
BF16_FLAGS = ("avx512_bf16", "amx_bf16", "bf16")
"""Flags in /proc/cpuinfo of processors (x86 and ARM) that compute with bf16."""
SCORING_TOKENS = 8192
"""Tokens of one batch when torch scores held-out ads."""
WARMUP_SHARE = 0.06
"""Share of the steps in which the learning rate rises; after it, it falls linearly to 0 (RoBERTa's schedule, Liu et al. 2019)."""

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Epoch:
    """A point of the loss curve: mean training loss, ROC-AUC of lures against lawful ads of held-out groups (None where one kind is missing), seconds."""

    number: int
    loss: float
    roc_auc: float | None
    seconds: float


def fine_tune(
    base: Base, examples: Examples, rows: IntArray, validation: IntArray, config: TransformerConfig, seed: int, folder: Path, say: Say
) -> tuple[Network, tuple[Epoch, ...]]:
    """Fine-tune on `rows` and keep the epoch that is best on `validation`, rows of other groups.

    `folder` holds a checkpoint of each epoch; a run that was stopped goes on from the last one. Raises OutsideError when memory runs out.
    """
    network = base.network(config, seed)
    if config.gradient_checkpointing:
        encoder = network.encoder  # transformers renames the method
        getattr(encoder, "activation_checkpointing_enable", encoder.gradient_checkpointing_enable)()
    trainer = _PairTrainer(network, _arguments(config, seed, folder), base, examples, (rows, validation), config, seed, say)
    whole = [path for path in folder.glob("checkpoint-*") if (path / "trainer_state.json").exists()]
    last = max(whole, key=lambda path: int(path.name.rpartition("-")[2]), default=None)
    if last:
        say(f"going on from {last}")
    try:
        trainer.train(resume_from_checkpoint=str(last) if last else None)
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise OutsideError(
            f"fine-tuning {base.name!r} ran out of memory with batches of {config.batch_tokens} tokens; set transformer.batch_tokens lower, or "
            "transformer.gradient_checkpointing = true"
        ) from error
    shutil.rmtree(folder, ignore_errors=True)
    # accelerate wraps the network's forward for mixed precision; what is kept computes in the precision of its weights
    return trainer.accelerator.unwrap_model(network, keep_fp32_wrapper=False), tuple(trainer.curve)


def torch_logits(network: Network, inputs: Sequence[list[int]]) -> FloatArray:
    """Logits of shape (len(inputs), len(HEADS)) by torch, where the network is."""
    network.eval()
    device = next(network.parameters()).device
    logits = np.zeros((len(inputs), len(HEADS)))
    with torch.inference_mode():
        for rows in batches_of([len(one) for one in inputs], SCORING_TOKENS):
            ids, mask = padded([inputs[row] for row in rows])
            logits[rows] = network(torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)).float().cpu().numpy()
    return logits


def precision_of(config: TransformerConfig) -> str:
    """The number format that "auto" stands for on this machine."""
    if config.precision != "auto":
        return config.precision
    if torch.cuda.is_available():
        return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8", "replace").split()
    except OSError:
        flags = []
    return "bf16" if set(BF16_FLAGS) & set(flags) else "fp32"


def _arguments(config: TransformerConfig, seed: int, folder: Path) -> TrainingArguments:
    precision = precision_of(config)
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=config.epochs,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        warmup_steps=WARMUP_SHARE,
        lr_scheduler_type="linear",
        bf16=precision == "bf16",
        fp16=precision == "fp16",
        use_cpu=not torch.cuda.is_available(),
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        restore_callback_states_from_checkpoint=True,
        metric_for_best_model="eval_rank",
        greater_is_better=True,
        seed=seed,
        disable_tqdm=True,
        logging_strategy="no",
        report_to="none",
        remove_unused_columns=False,
    )


class _Loader(DataLoader[Any]):
    def set_epoch(self, epoch: int) -> None:
        """What Trainer calls before each epoch."""
        self.batch_sampler.set_epoch(epoch)  # type: ignore[union-attr]


class _Rows(Dataset[tuple[int, int]]):
    """A data set whose items are made by the collator, from the row and seed that the batch sampler gives."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, item: tuple[int, int]) -> tuple[int, int]:
        return item


class _PairTrainer(Trainer):
    def __init__(
        self,
        network: Network,
        arguments: TrainingArguments,
        base: Base,
        examples: Examples,
        parts: tuple[IntArray, IntArray],
        config: TransformerConfig,
        seed: int,
        say: Say,
    ) -> None:
        rows, self._validation = parts
        self._network = network
        self._examples, self._config, self._layout = examples, config, base.layout
        self._batches = Batches(examples, [int(row) for row in rows], base.layout, config, seed)
        self.curve: list[Epoch] = []
        self._losses: list[float] = []
        callbacks = [EarlyStoppingCallback(config.patience), _Curve(self, say)]
        super().__init__(network, arguments, train_dataset=_Rows(len(rows)), eval_dataset=_Rows(len(self._validation)), callbacks=callbacks)
        self.remove_callback(PrinterCallback)  # it prints to stdout, which is for data

    def get_train_dataloader(self) -> Any:
        return _Loader(_Rows(len(self._batches)), batch_sampler=self._batches, collate_fn=self._collated)

    def _collated(self, batch: Sequence[tuple[int, int]]) -> dict[str, torch.Tensor]:
        rows = [row for row, _ in batch]
        ids, mask = padded([varied(self._examples, row, seed, self._layout, self._config) for row, seed in batch])
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask), "rows": torch.tensor(rows)}

    def compute_loss(self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None) -> Any:
        rows = inputs["rows"].cpu().numpy()
        logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).float()
        label = torch.from_numpy(self._examples.label[rows]).to(logits.device)
        weight = torch.from_numpy(self._examples.weight[rows]).float().to(logits.device)
        loss = (cross_entropy(logits, label, reduction="none") * weight).sum() / weight.sum()
        lures, lawful = self._twins(rows)
        if lures:
            odds = logits[:, LURE] - logits[:, LAWFUL]
            loss = loss + self._config.pair_weight * softplus(odds[lawful] - odds[lures]).mean()
        self._losses.append(float(loss.detach()))
        return (loss, {"logits": logits}) if return_outputs else loss

    def mean_loss(self) -> float:
        """Mean training loss since this was last asked."""
        losses, self._losses = self._losses, []
        return float(np.mean(losses)) if losses else float("nan")

    def _twins(self, rows: IntArray) -> tuple[list[int], list[int]]:
        """Positions in the batch of the lures that have a lawful twin there, and of the twins."""
        lures, lawful = list[int](), list[int]()
        for at, (one, two) in enumerate(pairwise(rows)):
            twin = self._examples.twin[one]
            if twin and twin == self._examples.twin[two]:
                labels = {int(self._examples.label[row]): place for row, place in ((one, at), (two, at + 1))}
                if labels.keys() == {LURE, LAWFUL}:
                    lures.append(labels[LURE])
                    lawful.append(labels[LAWFUL])
        return lures, lawful

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """The figure that chooses the epoch: ROC-AUC of lures against lawful ads, or without both kinds the negative loss."""
        inputs = [head_tail(self._examples.pieces[row], self._layout) for row in self._validation]
        logits = torch_logits(self._network, inputs)
        self._network.train()
        label = self._examples.label[self._validation]
        judged = (label == LURE) | (label == LAWFUL)
        both = len(set(label[judged])) == 2
        if both:
            rank = float(roc_auc_score(label[judged] == LURE, (logits[:, LURE] - logits[:, LAWFUL])[judged]))
        else:
            rank = -float(cross_entropy(torch.from_numpy(logits), torch.from_numpy(label))) if len(label) else 0.0
        metrics = {"eval_rank": rank, "eval_ranked": both}
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


class _Curve(TrainerCallback):
    """Tells how training goes, and keeps the loss curve."""

    def __init__(self, trainer: _PairTrainer, say: Say) -> None:
        self._trainer, self._say = trainer, say
        self._started = time.perf_counter()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._trainer.curve[:] = [Epoch(**point) for point in state.log_history]

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._started = time.perf_counter()

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **kwargs: Any) -> None:
        ranked = metrics["eval_rank"] if metrics["eval_ranked"] else None
        point = Epoch(round(state.epoch), self._trainer.mean_loss(), ranked, round(time.perf_counter() - self._started, 1))
        self._trainer.curve.append(point)
        state.log_history.append(asdict(point))  # so that a run that goes on knows it
        told = "no held-out lures and lawful ads to rank" if ranked is None else f"ROC-AUC {ranked:.4f} on held-out groups"
        self._say(f"epoch {point.number}: loss {point.loss:.3f}, {told}, {point.seconds:.0f} s")

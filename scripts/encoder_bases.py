"""Make bases for the transformer that read ads as they are written, in any script, instead of through their English glosses.

    python scripts/encoder_bases.py extend build/train.jsonl --base FOLDER --out build/bases/extended
    python scripts/encoder_bases.py align build/train.jsonl --teacher FOLDER --base build/bases/extended --out build/bases/aligned

`extend` gives an English encoder pieces of the words of the other languages, starts their embeddings from what is known of them (the glossary, or the
base's own pieces) and continues masked-language pre-training on job ads. `align` then teaches such an encoder to place the text of a passage where the
teacher places its English glosses (distillation after Reimers & Gurevych 2020). Neither reads labels, nor an ad of the writers that
`encoder_trials.py` judges or of their campaigns. Both write a folder for `encoder_trials.py --base FOLDER --reads text`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer
from torch import nn
from torch.nn.functional import cross_entropy
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerFast

from adscreen.classifiers.segments import gloss_segments
from adscreen.classifiers.transformer import batches_of, padded
from adscreen.corpora.labelled import read_labelled
from adscreen.ingest.options import ReadOptions
from adscreen.text.fold import fold
from adscreen.text.gloss import ENGLISH, KIN, NOTHING, Glossary, GlossReader, load_glossary
from adscreen.train.config import TrainConfig
from adscreen.train.transformer.base import _keep_layers
from encoder_trials import unseen_writers

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts without spaces between words (Thai, Lao, Burmese, Khmer, Kana, Han)."""
_RUN = re.compile(f"[{UNSPACED}]")
CONTINUED = "##"
UNKNOWN = "[UNK]"
LONGEST_RUN = 400
"""Characters of the longest run without a space that is cut into pieces; WordPiece makes longer ones unknown."""
EVENNESS = 0.3
"""Pieces and training samples are dealt to languages by the power of their size, as multilingual encoders do, so that small ones are not drowned."""
COVERAGE = 0.997
"""Characters that make up this share of a language become pieces; a rarer one would make its whole word unknown anyway."""
CANDIDATES = 3
"""So many times more pieces are trained than kept; kept are those that cutting the ads uses most."""
NOISE = 0.02
"""Spread of the embeddings of pieces of which nothing is known, around the mean; of the base's own it is about three times that."""
CHUNK, TEACHER_CHUNK = 96, 128
"""Longest inputs, in tokens with the special ones."""
MASKED, AS_MASK, AS_RANDOM = 0.15, 0.8, 0.1
WINDOW = (1, 4)
"""Passages of an ad that are aligned together, fewest and most."""
BATCH_TOKENS = 1024
DRAWN = 256
"""Samples that are drawn at a time and sorted by length into batches."""
ENCODER_RATE, EMBEDDING_RATE = 2e-4, 6e-4
WEIGHT_DECAY, WARMUP = 0.01, 0.05
TOLD_EVERY = 25

Sample = tuple[list[int], list[int]]
"""Token ids of the student's and of the teacher's input (empty where there is no teacher), without special tokens."""
Loss = Callable[[Sequence[Sample]], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Course:
    """How a training went; `first` and `last`: mean loss over TOLD_EVERY steps at its beginning and end."""

    steps: int
    tokens: int
    first: float
    last: float
    minutes: float
    processor_minutes: float


def texts_by_language(sources: Sequence[str]) -> dict[str, list[str]]:
    """Clean texts of the pool, largest language first, without the unseen writers and their campaigns."""
    ads = read_labelled(sources, ReadOptions(check_labels=True), lambda reject: None)
    unseen = set(ads.groups[unseen_writers(ads)])
    found: dict[str, list[str]] = {}
    for text, language, group in zip(ads.texts, ads.languages, ads.groups, strict=True):
        if group not in unseen:
            found.setdefault(language, []).append(text[: TrainConfig().training_characters])
    print(
        f"{sum(map(len, found.values()))} of {len(ads)} ads in {len(found)} languages; the others are of unseen writers or their campaigns",
        flush=True,
    )
    return dict(sorted(found.items(), key=lambda item: -sum(map(len, item[1]))))


def shares(pool: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """What each language gets of what is dealt out; sums to 1."""
    sizes = {language: sum(map(len, texts)) ** EVENNESS for language, texts in pool.items()}
    return {language: size / sum(sizes.values()) for language, size in sizes.items()}


def cutter(vocabulary: Mapping[str, int], runs: str) -> Tokenizer:
    """A WordPiece tokenizer that keeps accents and vowel signs (the base's strips them) and cuts runs of the characters `runs` by its pieces alone.

    Symbols stand alone, so that an unknown one does not make the word beside it unknown.
    """
    tokenizer = Tokenizer(WordPiece(dict(vocabulary), unk_token=UNKNOWN, max_input_chars_per_word=LONGEST_RUN))
    plain = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=True)
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), plain])
    isolated = pre_tokenizers.Split(Regex(rf"[{runs}]+|\p{{S}}"), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.BertPreTokenizer(), isolated])
    tokenizer.decoder = decoders.WordPiece(prefix=CONTINUED)
    return tokenizer


def alphabet(texts: Sequence[str]) -> list[str]:
    """The letters, marks, digits and punctuation that make up COVERAGE of the texts, most frequent first."""
    counts = Counter(unicodedata.normalize("NFC", "".join(texts)).lower())
    counts = Counter({char: count for char, count in counts.items() if unicodedata.category(char)[0] in "LMNP"})
    found, seen = list[str](), 0
    for char, count in counts.most_common():
        if seen >= COVERAGE * counts.total():
            break
        found.append(char)
        seen += count
    return found


def new_pieces(pool: Mapping[str, Sequence[str]], base: Mapping[str, int], count: int) -> dict[str, str]:
    """`count` pieces that the base lacks, each with the language it is for: all characters, and of longer ones those used most, by `shares`."""
    foreign = {language: texts for language, texts in pool.items() if language != ENGLISH}
    found: dict[str, str] = {}
    for language, texts in foreign.items():
        for char in alphabet(texts):
            for piece in (char, CONTINUED + char):  # punctuation always stands alone
                if piece not in base and not (piece != char and unicodedata.category(char)[0] == "P"):
                    found.setdefault(piece, language)
    characters, room = len(found), count - len(found)
    for language, share in shares(foreign).items():
        taken = _used_most(foreign[language], base.keys() | found.keys(), int(room * share))
        found |= dict.fromkeys(taken, language)
    print(f"{len(found)} new pieces, {characters} of them single characters", flush=True)
    return found


def _used_most(texts: Sequence[str], known: set[str], count: int) -> list[str]:
    trained = cutter({UNKNOWN: 0}, UNSPACED)
    trained.train_from_iterator(
        texts, WordPieceTrainer(vocab_size=len(alphabet(texts)) * 2 + CANDIDATES * count, min_frequency=3, show_progress=False)
    )
    everything = sorted(known | {UNKNOWN} | trained.get_vocab().keys())
    trial = cutter({piece: number for number, piece in enumerate(everything)}, UNSPACED)
    used = Counter(piece for encoding in trial.encode_batch(list(texts)) for piece in encoding.tokens)
    return [piece for piece, _ in used.most_common() if piece not in known and len(piece.removeprefix(CONTINUED)) > 1][:count]


def extended_tokenizer(base: Any, pieces: Sequence[str]) -> PreTrainedTokenizerFast:
    """The base's tokenizer with these pieces at the end of its vocabulary."""
    vocabulary = dict(base.get_vocab())
    vocabulary |= {piece: len(vocabulary) + number for number, piece in enumerate(pieces)}
    both_forms = (piece for piece in vocabulary if len(piece) == 1 and CONTINUED + piece in vocabulary)
    runs = "".join(sorted(char for char in both_forms if _in_unspaced(char)))
    tokenizer = cutter(vocabulary, runs)
    named = {name: getattr(base, name) for name in ("unk_token", "sep_token", "pad_token", "cls_token", "mask_token")}
    tokenizer.add_special_tokens(list(named.values()))
    first, last = named["cls_token"], named["sep_token"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first}:0 $A:0 {last}:0",
        pair=f"{first}:0 $A:0 {last}:0 $B:1 {last}:1",
        special_tokens=[(token, vocabulary[token]) for token in (first, last)],
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=base.model_max_length, **named)  # type: ignore[no-untyped-call]


def _in_unspaced(char: str) -> bool:
    return _RUN.match(char) is not None


class Meanings:
    """The glosses of whole words, by language."""

    def __init__(self, glossary: Glossary) -> None:
        self._entries: dict[str, dict[str, str]] = {}
        for language, entries in glossary.items():
            exact = {word.lower(): gloss for word, gloss in entries.items()}
            folded = {fold(word.rstrip("*").lower()): gloss for word, gloss in entries.items()}
            self._entries[language] = folded | exact

    def of(self, piece: str, language: str) -> str | None:
        """The gloss of a piece that is a word; inside a word only where words are not parted by spaces."""
        word = piece.removeprefix(CONTINUED)
        if word != piece and not _in_unspaced(word[0]):
            return None
        for source in (language, *KIN.get(language, ())):
            entries = self._entries.get(source, {})
            gloss = entries.get(word) or (None if _accented_latin(word) else entries.get(fold(word)))
            if gloss is not None:
                return None if gloss == NOTHING else gloss
        return None


def _accented_latin(word: str) -> bool:
    return not word.isascii() and any("LATIN" in unicodedata.name(char, "") for char in word)


def start_embeddings(encoder: Any, base: Any, pieces: Mapping[str, str]) -> Counter[str]:
    """Give the last len(pieces) embeddings a start; says from what, and for how many."""
    meanings, weights = Meanings(load_glossary()), encoder.get_input_embeddings().weight.data
    old = len(weights) - len(pieces)
    mean = weights[:old].mean(0)
    cut = base.backend_tokenizer
    cut.no_padding()
    cut.no_truncation()
    generator, kinds = torch.Generator().manual_seed(0), Counter[str]()
    for number, (piece, language) in enumerate(pieces.items(), old):
        gloss = meanings.of(piece, language)
        kind, words = ("gloss", gloss) if gloss else ("parts", piece.removeprefix(CONTINUED))
        ids = [one for one in cut.encode(words, add_special_tokens=False).ids if one != base.unk_token_id]
        if ids:
            weights[number] = weights[ids].mean(0)
        else:
            kind = "mean"
            weights[number] = mean + NOISE * torch.randn(len(mean), generator=generator)
        kinds[kind] += 1
    return kinds


class MaskedHead(nn.Module):
    """Guesses masked pieces: one dense layer that begins as the identity, and the embeddings themselves as output layer."""

    def __init__(self, embeddings: nn.Parameter) -> None:
        super().__init__()
        size = embeddings.shape[1]
        self.dense, self.norm = nn.Linear(size, size), nn.LayerNorm(size)
        nn.init.eye_(self.dense.weight)
        self.bias = nn.Parameter(torch.zeros(len(embeddings)))
        self._tied = [embeddings]  # in a list, so that it is no parameter of the head

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(self.norm(self.dense(states)), self._tied[0], self.bias)


def masked_loss(encoder: Any, head: MaskedHead, tokenizer: Any) -> Loss:
    """Cross-entropy of the masked pieces of a batch."""
    generator = torch.Generator().manual_seed(0)
    mask_id, size = tokenizer.mask_token_id, len(tokenizer)

    def loss(batch: Sequence[Sample]) -> torch.Tensor:
        ids, mask = _inputs(tokenizer, [student for student, _ in batch])
        ordinary = mask.bool() & (ids != tokenizer.cls_token_id) & (ids != tokenizer.sep_token_id)
        chosen = ordinary & (torch.rand(ids.shape, generator=generator) < MASKED)
        fate = torch.rand(ids.shape, generator=generator)
        seen = torch.where(chosen & (fate < AS_MASK), mask_id, ids)
        seen = torch.where(chosen & (fate >= 1 - AS_RANDOM), torch.randint(size, ids.shape, generator=generator), seen)
        states = encoder(input_ids=seen, attention_mask=mask).last_hidden_state
        return cross_entropy(head(states[chosen]).float(), ids[chosen])

    return loss


def distance_loss(student: Any, teacher: Any, tokenizer: Any, teacher_tokenizer: Any) -> Loss:
    """Squared distance of the mean-pooled states of student and teacher, by dimension; not normalised, since fine-tuning reads them as they are."""

    def loss(batch: Sequence[Sample]) -> torch.Tensor:
        with torch.no_grad():
            wanted = _pooled(teacher, *_inputs(teacher_tokenizer, [right for _, right in batch]))
        return (_pooled(student, *_inputs(tokenizer, [left for left, _ in batch])) - wanted).square().mean()

    return loss


def _inputs(tokenizer: Any, samples: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    ids, mask = padded([[tokenizer.cls_token_id, *one, tokenizer.sep_token_id] for one in samples])
    return torch.from_numpy(ids), torch.from_numpy(mask)


def _pooled(encoder: Any, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
    weights = mask.unsqueeze(-1).float()
    return torch.Tensor((states * weights).sum(1) / weights.sum(1))


def chunks(pool: Mapping[str, Sequence[str]], tokenizer: Any, chance: random.Random) -> Iterator[Sample]:
    """Pieces of ads for masked-language training without end, languages dealt by `shares`."""
    room, cut = CHUNK - 2, tokenizer.backend_tokenizer
    by_language = {}
    for language, texts in pool.items():
        encoded = [encoding.ids for encoding in cut.encode_batch(list(texts), add_special_tokens=False)]
        unknown = np.mean([one == tokenizer.unk_token_id for ids in encoded for one in ids])
        by_language[language] = [ids[at : at + room] for ids in encoded for at in range(0, len(ids), room)]
        characters = sum(map(len, texts)) / sum(map(len, encoded))
        print(f"{language}: {sum(map(len, encoded))} tokens of {characters:.2f} characters, {unknown:.2%} unknown", flush=True)
    languages, weights = zip(*shares(pool).items(), strict=True)
    while True:
        yield chance.choice(by_language[chance.choices(languages, weights)[0]]), []


def pairs(pool: Mapping[str, Sequence[str]], tokenizer: Any, teacher_tokenizer: Any, chance: random.Random) -> Iterator[Sample]:
    """Text of some neighbouring passages of an ad, and their glosses, or for every second English one the same text; without end."""
    reader, read = GlossReader(load_glossary()), dict[tuple[str, int], list[tuple[str, str]]]()
    cut, cut_for_teacher = (one.backend_tokenizer for one in (tokenizer, teacher_tokenizer))
    cut_for_teacher.no_padding()
    cut_for_teacher.no_truncation()
    languages, weights = zip(*shares(pool).items(), strict=True)
    while True:
        language = chance.choices(languages, weights)[0]
        number = chance.randrange(len(pool[language]))
        if (language, number) not in read:
            text = pool[language][number]
            segments = gloss_segments(reader.read(text, language))
            read[language, number] = [(text[start:end], glosses) for (start, end), glosses in zip(segments.spans, segments.texts, strict=True)]
        passages = read[language, number]
        if passages:
            first = chance.randrange(len(passages))
            window = passages[first : first + chance.randint(*WINDOW)]
            raw, glosses = " ".join(one for one, _ in window), " ".join(one for _, one in window)
            target = raw if language == ENGLISH and chance.random() < 0.5 else glosses
            left = cut.encode(raw, add_special_tokens=False).ids
            right = cut_for_teacher.encode(target, add_special_tokens=False).ids
            if len(left) <= CHUNK - 2 and len(right) <= TEACHER_CHUNK - 2:
                yield left, right


def train(encoder: Any, others: nn.Module | None, samples: Iterator[Sample], loss_of: Loss, minutes: float, chance: random.Random) -> Course:
    """Train for `minutes` of processor time; without dropout, since hardly a sample comes twice. The learning rate rises, then falls to nothing with the time left."""
    encoder.eval()
    embeddings = encoder.get_input_embeddings().weight
    rest = [one for one in encoder.parameters() if one is not embeddings] + list(others.parameters() if others else ())
    groups = [{"params": [embeddings], "lr": EMBEDDING_RATE, "weight_decay": 0.0}, {"params": rest, "lr": ENCODER_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY, fused=True)
    rates = [group["lr"] for group in optimizer.param_groups]
    started, processor, losses, tokens = time.perf_counter(), time.process_time(), list[float](), 0
    for batch in _batches(samples, chance):
        done = (time.process_time() - processor) / (60 * minutes)
        if done >= 1:
            break
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * min(done / WARMUP, (1 - done) / (1 - WARMUP))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = loss_of(batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([embeddings, *rest], 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        tokens += sum(len(left) + 2 for left, _ in batch)
        if len(losses) % TOLD_EVERY == 0:
            print(f"step {len(losses)}, {done * minutes:.1f} min: loss {np.mean(losses[-TOLD_EVERY:]):.4f}, {tokens} tokens", flush=True)
    first, last = float(np.mean(losses[:TOLD_EVERY])), float(np.mean(losses[-TOLD_EVERY:]))
    spent = (time.perf_counter() - started) / 60, (time.process_time() - processor) / 60
    return Course(len(losses), tokens, round(first, 4), round(last, 4), *(round(one, 1) for one in spent))


def _batches(samples: Iterator[Sample], chance: random.Random) -> Iterator[list[Sample]]:
    while True:
        drawn = [next(samples) for _ in range(DRAWN)]
        rows = batches_of([max(len(left), len(right)) + 2 for left, right in drawn], BATCH_TOKENS)
        chance.shuffle(rows)
        yield from ([drawn[row] for row in batch] for batch in rows)


def extend(arguments: argparse.Namespace) -> dict[str, Any]:
    """Sub-command `extend`."""
    pool = texts_by_language(arguments.ads)
    base, encoder = AutoTokenizer.from_pretrained(arguments.base), AutoModel.from_pretrained(arguments.base)
    _keep_layers(encoder, arguments.layers, arguments.base)
    pieces = new_pieces(pool, base.get_vocab(), arguments.pieces)
    tokenizer = extended_tokenizer(base, list(pieces))
    encoder.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    starts = start_embeddings(encoder, base, pieces)
    print(f"embeddings started from: {dict(starts)}", flush=True)
    head, chance = MaskedHead(encoder.get_input_embeddings().weight), random.Random(0)
    loss = masked_loss(encoder, head, tokenizer)
    course = train(encoder, head, chunks(pool, tokenizer, chance), loss, arguments.minutes, chance)
    _save(encoder, tokenizer, arguments.out)
    return {"pieces": len(pieces), "starts": dict(starts), **_told(course)}


def align(arguments: argparse.Namespace) -> dict[str, Any]:
    """Sub-command `align`."""
    pool = texts_by_language(arguments.ads)
    (tokenizer, student), (teacher_tokenizer, teacher) = (
        (AutoTokenizer.from_pretrained(one), AutoModel.from_pretrained(one)) for one in (arguments.base, arguments.teacher)
    )
    teacher.eval()
    chance = random.Random(0)
    loss = distance_loss(student, teacher, tokenizer, teacher_tokenizer)
    course = train(student, None, pairs(pool, tokenizer, teacher_tokenizer, chance), loss, arguments.minutes, chance)
    _save(student, tokenizer, arguments.out)
    return _told(course)


def _told(course: Course) -> dict[str, Any]:
    return {name: getattr(course, name) for name in Course.__slots__}


def _save(encoder: Any, tokenizer: Any, out: str) -> None:
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    encoder.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for run in (extend, align):
        command = commands.add_parser(run.__name__)
        command.set_defaults(run=run)
        command.add_argument("ads", nargs="+", help="ads, with corpora/lures among them; labels are not used")
        command.add_argument("--base", required=True, help="encoder that is trained further")
        command.add_argument("--out", required=True, help="folder for it")
        command.add_argument("--minutes", type=float, default=12.0, help="time of training")
        command.add_argument("--threads", type=int, default=1)
        if run is extend:
            command.add_argument("--pieces", type=int, default=12_000)
            command.add_argument("--layers", type=int, default=3, help="layers of the base that are kept; 0 for all")
        else:
            command.add_argument("--teacher", required=True, help="encoder that reads the glosses")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    print(json.dumps(arguments.run(arguments)))


if __name__ == "__main__":
    main()

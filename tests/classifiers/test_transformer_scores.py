"""An exported encoder scores every ad by itself, the same on both roads, and tells what each segment adds."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from adscreen.classifiers.passages import COLUMNS, HEADS
from adscreen.classifiers.segments import GLOSSES, HEAD_TAIL, WINDOWS, Layout, Segments
from adscreen.classifiers.transformer import ARCHITECTURE, CUDA, MODEL, SETTINGS, Transformer, batches_of, onnx_run, padded, scores_of
from adscreen.errors import BundleError, OutsideError

ADS = (
    ("driver wait airport .", "boss keep phone . gate ."),
    ("interview office . sign contract before fly .",),
    (),
    ("cook hotel . salary month", "visa paid", "permit"),
    ("zq xj",),
)
WINDOWED = Layout(GLOSSES, 6, WINDOWS, (1,), (2,))


def _segments(*texts: str) -> Segments:
    return Segments(texts, np.zeros((len(texts), 2), np.int64))


AS_SEGMENTS = [_segments(*texts) for texts in ADS]


def _copy(folder, target, **changes):
    """A copy of an export in whose JSON file `of` some keys are changed."""
    copy = shutil.copytree(folder, target)
    name = changes.pop("of")
    content = json.loads((copy / name).read_text())
    (copy / name).write_text(json.dumps({**content, **changes}))
    return copy


@pytest.fixture(params=["fp32", "int8"])
def transformer(tiny_exports, request) -> Transformer:
    return Transformer(tiny_exports[request.param])


@pytest.mark.parametrize("budget", [1, 50, 300, 10_000])
def test_every_row_is_in_one_batch_within_the_budget(budget):
    lengths = np.random.default_rng(0).integers(2, 60, 200).tolist()
    batches = batches_of(lengths, budget)
    assert sorted(row for batch in batches for row in batch) == list(range(200))
    assert all(len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= budget for batch in batches)
    assert len(batches) < 200 or budget < 2 * min(lengths)


def test_without_a_budget_every_row_is_alone():
    assert batches_of([5, 2, 9, 2], 0) == [[1], [3], [0], [2]]
    assert batches_of([], 100) == []


def test_shorter_inputs_are_padded_and_masked():
    ids, mask = padded([[7, 8, 9], [4]])
    assert ids.tolist() == [[7, 8, 9], [4, 0, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert ids.dtype == mask.dtype == np.int64


def _logits(inputs):
    return np.array([[one[1], *(head * sum(one) for head in range(1, len(HEADS)))] for one in inputs], float)


def test_scores_are_means_over_windows_in_the_order_of_ads():
    tokens = [[10, 20, 30], [], [40, 50], [60]]
    scores = scores_of([[], tokens, [[]], [[5]], []], WINDOWED, _logits)
    windows = _logits([[1, 10, 20, 30, 40, 2], [1, 50, 60, 2]])
    alone = _logits([[1, 5, 2]])[0]
    assert scores.shape == (5, len(COLUMNS))
    assert scores[1] == pytest.approx((windows[:, 1:] - windows[:, :1]).mean(axis=0))
    assert scores[3] == pytest.approx(alone[1:] - alone[0])
    assert not scores[[0, 2, 4]].any()


def test_ads_without_tokens_need_no_model():
    assert not scores_of([[], [[]]], WINDOWED, lambda inputs: pytest.fail("asked")).any()
    assert scores_of([], WINDOWED, lambda inputs: pytest.fail("asked")).shape == (0, len(COLUMNS))


def test_every_ad_has_its_own_scores_whoever_its_neighbours_are(transformer):
    together = transformer.scores(AS_SEGMENTS)
    assert together.shape == (len(ADS), len(COLUMNS))
    assert np.isfinite(together).all()
    assert np.array_equal(together, transformer.scores(AS_SEGMENTS[::-1])[::-1])
    assert np.array_equal(together, np.vstack([transformer.scores([ad]) for ad in AS_SEGMENTS]))
    assert not together[2].any()
    assert len({tuple(row) for row in together}) == len(ADS)
    assert transformer.scores([]).shape == (0, len(COLUMNS))


def test_shares_are_what_the_scores_lose(transformer):
    whole = AS_SEGMENTS[3]
    rest = [_segments(*(text for at, text in enumerate(whole.texts) if at != out)) for out in range(len(whole))]
    shares = transformer.shares(whole)
    assert shares.shape == (len(COLUMNS), len(whole))
    assert np.array_equal(shares, (transformer.scores([whole]) - transformer.scores(rest)).T)
    assert shares.all()


def test_the_share_of_a_lone_segment_is_the_score(transformer):
    assert np.array_equal(transformer.shares(AS_SEGMENTS[1])[:, 0], transformer.scores([AS_SEGMENTS[1]])[0])


def test_without_segments_there_are_no_shares(transformer):
    assert transformer.shares(_segments()).shape == (len(COLUMNS), 0)


def test_segments_that_a_long_ad_leaves_unread_have_no_share(transformer):
    """32 tokens with [CLS] and [SEP]: 20 of the beginning, 10 of the end; ten words each."""
    words = [" ".join(np.random.default_rng(at).choice(["driver", "boss", "office", "visa", "cook", "fly"], 10)) for at in range(6)]
    assert transformer.settings.layout.tokens == 32
    assert transformer.settings.layout.long == HEAD_TAIL
    shares = transformer.shares(_segments(*words))
    assert not shares[:, 2:5].any()
    assert shares[:, [0, 1, 5]].all()


def test_windows_are_read_where_the_settings_say_so(tiny_exports, tmp_path):
    short, long = ("driver wait airport", "boss keep phone " * 25)
    layout = json.loads((tiny_exports["fp32"] / SETTINGS).read_text())["layout"]
    windows = Transformer(_copy(tiny_exports["fp32"], tmp_path / "w", of=SETTINGS, layout={**layout, "long": WINDOWS}))
    ends = Transformer(tiny_exports["fp32"])
    assert np.array_equal(windows.scores([_segments(short)]), ends.scores([_segments(short)]))
    assert not np.allclose(windows.scores([_segments(short, long)]), ends.scores([_segments(short, long)]))


def test_nothing_is_loaded_before_the_first_score(tiny_exports):
    code = f"""
import sys
from pathlib import Path
import numpy as np
from adscreen.classifiers.segments import Segments
from adscreen.classifiers.transformer import Transformer
def loaded():
    return sorted(set(sys.modules) & {{"onnxruntime", "tokenizers", "torch", "transformers", "onnx"}})
transformer = Transformer(Path({str(tiny_exports["int8"])!r}))
transformer.reads
print(loaded())
transformer.scores([Segments(("boss",), np.zeros((1, 2), int))])
print(loaded())
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['onnxruntime', 'tokenizers']"]


@pytest.mark.parametrize("content", [None, "", "{", "[]", "null", "{}", '{"layout": {}, "tensors": {}}', b"\xff\xfe{"])
def test_settings_that_do_not_fit_are_refused(tiny_exports, tmp_path, content):
    folder = shutil.copytree(tiny_exports["fp32"], tmp_path / "copy")
    (folder / SETTINGS).unlink()
    if content is not None:
        (folder / SETTINGS).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BundleError, match=r"transformer\.json.*train it again"):
        Transformer(folder)


@pytest.mark.parametrize("change", [{"windows": 3}, {"tokens": None}, {"first": None}])
def test_a_layout_of_another_version_is_refused(tiny_exports, tmp_path, change):
    layout = json.loads((tiny_exports["fp32"] / SETTINGS).read_text())["layout"]
    changed = {name: value for name, value in {**layout, **change}.items() if value is not None}
    with pytest.raises(BundleError, match=r"transformer\.json"):
        Transformer(_copy(tiny_exports["fp32"], tmp_path / "copy", of=SETTINGS, layout=changed))


@pytest.mark.parametrize("wrong", ["damaged", "newer"])
def test_a_model_that_the_runtime_cannot_read_says_what_to_do(tiny_exports, tmp_path, wrong):
    import onnx

    model = onnx.load(tiny_exports["fp32"] / MODEL)
    model.opset_import[0].version = 999
    (tmp_path / MODEL).write_bytes(model.SerializeToString() if wrong == "newer" else b"no model at all")
    with pytest.raises(OutsideError, match=r"(?s)cannot be loaded by onnxruntime .*upgrade"):
        onnx_run(tmp_path / MODEL)


@pytest.mark.parametrize(("name", "within"), [("fp32", 1e-4), ("int8", 0.1), ("int8 weights", 0.1)])
def test_torch_scores_the_exported_weights_alike(tiny_exports, name, within):
    from adscreen.classifiers.cuda import load_network, torch_run

    transformer = Transformer(tiny_exports[name])
    torch_road = Transformer(tiny_exports[name], CUDA)
    torch_road._run = torch_run(load_network(tiny_exports[name], transformer.settings.tensors), "cpu")
    expected = transformer.scores(AS_SEGMENTS)
    assert np.abs(expected).max() > 5 * within
    assert torch_road.scores(AS_SEGMENTS) == pytest.approx(expected, abs=within)


def test_every_weight_of_the_network_is_stored_under_a_name(tiny_exports):
    from adscreen.classifiers.cuda import load_network

    fp32, *others = (load_network(folder, Transformer(folder).settings.tensors).state_dict() for folder in reversed(tiny_exports.values()))
    for name, values in fp32.items():
        if ".pooler." not in name:
            for other in others:
                assert other[name].float().numpy() == pytest.approx(values.float().numpy(), abs=0.02 * float(values.abs().max()) + 1e-6), name


@pytest.mark.parametrize("change", [{"num_hidden_layers": 3}, {"hidden_size": 64}])
def test_weights_that_do_not_fit_the_architecture_are_refused(tiny_exports, tmp_path, change):
    from adscreen.classifiers.cuda import load_network

    folder = _copy(tiny_exports["int8"], tmp_path / "copy", of=ARCHITECTURE, **change)
    with pytest.raises(BundleError, match="train it again"):
        load_network(folder, Transformer(folder).settings.tensors)


def test_a_tensor_that_is_not_stored_is_refused_by_name(tiny_exports):
    from adscreen.classifiers.cuda import load_network

    tensors = {**Transformer(tiny_exports["fp32"]).settings.tensors, "head.weight": {"name": "gone", "transposed": False}}
    with pytest.raises(BundleError, match="gone"):
        load_network(tiny_exports["fp32"], tensors)


def test_a_gpu_that_is_not_there_is_told(tiny_exports):
    import torch

    if torch.cuda.is_available():
        pytest.skip("a GPU is here")
    with pytest.raises(OutsideError, match="no GPU"):
        Transformer(tiny_exports["fp32"], CUDA).scores(AS_SEGMENTS)

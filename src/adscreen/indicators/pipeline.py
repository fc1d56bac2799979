"""The spaCy pipeline that reads an ad: one blank multilingual pipeline with adscreen's component.

`doc._.hits` holds every hit with exact character offsets; `doc._.indicator_spans` gives the same hits as spaCy spans, for other components and for
displaCy, made only when asked for. Scripts written without spaces are split into characters, so that users' own token patterns work there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, Span
from spacy.util import compile_infix_regex, filter_spans

from adscreen.indicators.catalogue import CATALOGUE_DIR, load_catalogue
from adscreen.indicators.reader import Reader

COMPONENT = "adscreen_indicators"

_UNSPACED_CHAR = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"


@Language.factory(COMPONENT, default_config={"catalogue": str(CATALOGUE_DIR)})
def _create_component(nlp: Language, name: str, catalogue: str) -> Callable[[Doc], Doc]:
    reader = Reader.of(load_catalogue(Path(catalogue)))

    def annotate(doc: Doc) -> Doc:
        doc._.hits = reader.read(doc.text, str(doc.user_data.get("language", "")))
        return doc

    return annotate


def _indicator_spans(doc: Doc) -> list[Span]:
    """The hits as spaCy spans, widened to whole tokens, without overlaps."""
    spans = [doc.char_span(hit.start, hit.end, label=hit.indicator, alignment_mode="expand") for hit in doc._.hits]
    return filter_spans([span for span in spans if span is not None])


def build_pipeline(catalogue: Path = CATALOGUE_DIR) -> Language:
    """A blank multilingual pipeline with the indicator component reading `catalogue` (a folder of TOML, or a bundle's catalogue file)."""
    if not Doc.has_extension("hits"):
        Doc.set_extension("hits", default=())
        Doc.set_extension("indicator_spans", getter=_indicator_spans)
    nlp = spacy.blank("xx")
    infixes = [*(nlp.Defaults.infixes or ()), rf"(?<={_UNSPACED_CHAR})(?=\S)|(?<=\S)(?={_UNSPACED_CHAR})"]
    assert isinstance(nlp.tokenizer, Tokenizer)
    nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    nlp.add_pipe(COMPONENT, config={"catalogue": str(catalogue)})
    return nlp

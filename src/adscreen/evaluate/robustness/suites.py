"""The mutators that are measured by default."""

from __future__ import annotations

from typing import Final

from adscreen.evaluate.robustness.disguise import DISGUISES
from adscreen.evaluate.robustness.mixing import MIXING
from adscreen.evaluate.robustness.noise import NOISE
from adscreen.evaluate.robustness.wording import WORDING

MUTATORS: Final = (*DISGUISES, *MIXING, *WORDING, *NOISE)
"""What recruiters, feeds, screenshots and translation do to ads: a score should survive it."""

"""The encoder with its classification head, as a torch module: what training fits, and what runs on a GPU. Never imported for scoring on CPUs."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from adscreen.classifiers.passages import HEADS

POOL_SCALE = 3.0
"""Mean-pooled states are multiplied by this before the head, which learns at the small learning rate of the encoder; chosen in early trials, not searched."""


class Network(nn.Module):
    """A Hugging Face encoder, the mean of its last hidden states, and a linear head over `HEADS`."""

    encoder: Any

    def __init__(self, encoder: Any, hidden: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(hidden, len(HEADS))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Logits of shape (ads, len(HEADS)) from token ids and mask of shape (ads, tokens)."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        logits: torch.Tensor = self.head((states * weights).sum(1) / weights.sum(1) * POOL_SCALE)
        return logits

r"""A small transformer that reads words one after another and says what comes next.

Blocks normalise first and predict the next word, as GPT-2's do; over the words of a picture, row by
row, as VQGAN's second stage (arXiv:2012.09841). With words w₁ … w_S, its loss is

.. math:: -\log p(w) = -\sum_s \log p(w_s \mid w_1, …, w_{s-1})

in nats. While it draws, each block keeps the keys and values of the words before.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from latentscape.parts.step import Term

Past = tuple[Tensor, Tensor]
"""Keys and values of the words before, (B, heads, S, width / heads) each."""


class CausalTransformer(nn.Module):
    """A density of sequences of words: T positions of a first level, then those of a second.

    Args:
        words: K, how many words there are at a level.
        positions: T.
        levels: L; the sequence has S = L · T words.
        width: of what stands for a word inside.
        heads: of attention; they share the width.
        blocks: how many layers of attention.
        dropout: the share of numbers left out at random in training.
    """

    def __init__(
        self,
        words: int,
        positions: int,
        levels: int = 1,
        *,
        width: int = 64,
        heads: int = 4,
        blocks: int = 3,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.words, self.positions, self.length = words, positions, levels * positions
        self.start = levels * words  # what stands before the first word
        self.known = nn.Embedding(self.start + 1, width)
        self.level = nn.Parameter(0.02 * torch.randn(levels, 1, width))
        self.position = nn.Parameter(0.02 * torch.randn(positions, width))
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Parameter(0.02 * torch.randn(levels, words, width))
        nn.init.normal_(self.known.weight, std=0.02)

    def places(self) -> Tensor:
        """What stands for each place of the sequence, (S, width)."""
        return (self.level + self.position).flatten(0, 1)

    def offsets(self) -> Tensor:
        """What tells the words of each place's level from the others', (S,)."""
        place = torch.arange(self.length, device=self.head.device)
        return place // self.positions * self.words

    def logits(self, words: Tensor) -> Tensor:
        """Give log p(w_s | words before) but for a constant.

        Args:
            words: (B, S), whole numbers.

        Returns:
            (B, S, K); row s does not depend on words from s on.
        """
        start = words.new_full((len(words), 1), self.start)
        before = torch.cat([start, (words + self.offsets())[:, :-1]], 1)
        h = self.known(before) + self.places()
        for block in self.blocks:
            h, _ = block(h)
        by_level = self.norm(h).unflatten(1, (-1, self.positions))
        return torch.einsum("bltd,lkd->bltk", by_level, self.head).flatten(1, 2)

    def forward(
        self, x: Tensor, labels: Tensor | None, size: int, progress: float
    ) -> dict[str, Term]:
        """Give −log p(w), in nats a row, of words (B, S) that came as floats."""
        words = x.long()
        nats = F.cross_entropy(self.logits(words).transpose(1, 2), words, reduction="none").sum(1)
        return {"nll": Term(nats, trains=("transformer",))}

    def groups(self) -> dict[str, list[nn.Parameter]]:
        """Give all parameters as one group."""
        return {"transformer": list(self.parameters())}

    def draw(self, n: int, generator: Generator) -> Tensor:
        """Draw words one after another, (n, S), on the CPU.

        Args:
            n: how many sequences.
            generator: of the CPU, so that a GPU draws the same words.
        """
        device = self.head.device
        past: list[Past | None] = [None] * len(self.blocks)
        drawn = torch.empty(n, self.length, dtype=torch.long)
        last = torch.full((n,), self.start, device=device)
        for s, (place, offset) in enumerate(zip(self.places(), self.offsets(), strict=True)):
            h = (self.known(last) + place)[:, None]
            for i, block in enumerate(self.blocks):
                h, past[i] = block(h, past[i])
            logits = self.norm(h[:, 0]) @ self.head[s // self.positions].T
            drawn[:, s] = torch.multinomial(logits.softmax(-1).cpu(), 1, generator=generator)[:, 0]
            last = drawn[:, s].to(device) + offset
        return drawn


class Block(nn.Module):
    """Attention to what came before, then two layers for each place by itself.

    Args:
        width: of what stands for a word.
        heads: of attention.
        dropout: the share of numbers left out in training.
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.asked = nn.Linear(width, 3 * width)
        self.told = nn.Linear(width, width)
        self.alone = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, h: Tensor, past: Past | None = None) -> tuple[Tensor, Past]:
        """Go through the block; what follows `past`, one place, sees all of it and itself.

        Args:
            h: (B, S, width); (B, 1, width) after a past.
            past: what the block gave for the places before.

        Returns:
            (B, S, width), and the keys and values of all places so far.
        """
        parts = self.asked(self.first(h)).unflatten(-1, (3, self.heads, -1))
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=past is None)
        h = h + self.dropout(self.told(seen.transpose(1, 2).flatten(2)))
        return h + self.dropout(self.alone(self.second(h))), (k, v)

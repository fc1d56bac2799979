"""How far scores hold when ads are disguised, cut, padded or garbled, and how far they move on edits that should not matter."""

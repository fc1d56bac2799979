"""Fine-tunes an encoder on labelled ads and exports it. The only room, beside its scoring on GPUs, that imports torch."""

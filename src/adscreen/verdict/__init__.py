"""From scores and signs to probabilities, bands and evidence."""

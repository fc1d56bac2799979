"""The n-gram model, the features, and the bundle that holds the fitted model."""

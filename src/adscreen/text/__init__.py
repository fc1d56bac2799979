"""Clean text, its language and its fingerprint: the first step on the road of an ad."""

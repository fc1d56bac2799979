"""Labelled ads: reading them for training and evaluation, and bringing public sets into the ad columns."""

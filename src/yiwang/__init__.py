"""Yiwang (一网): the open platform on which a city becomes a smart government."""

"""Yiwang (一网): the open platform on which a city becomes a smart government."""

__version__ = "0.1.0"

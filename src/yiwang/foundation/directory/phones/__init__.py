"""Phones: that one is its holder's is proven by a code sent to it, and a code signs its holder in."""

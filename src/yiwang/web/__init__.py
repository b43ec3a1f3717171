"""Composition only: settings, urls, home, command line, worker."""

"""A department's own old system, made up: a program of its own, with its own tables and its own way of working.

It was there before Yiwang and does not know it. All that was added is a small bridge (`bridge`) that copies new files
out of the exchange tables into its own, and its own log of what was done back into them.
"""

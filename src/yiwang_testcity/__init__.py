"""The world outside the platform, made up: a city's people in the databases of its departments.

Yiwang knows nothing of it and speaks to what it makes as to any department's database. A real city takes its place.
"""

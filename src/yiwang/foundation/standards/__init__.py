"""The city's vocabulary: elements, code lists, and how published YAML is read.

`vocabulary.read(city)` gives the elements; `reading.Section` reads any published file, with findings in one tone.
"""

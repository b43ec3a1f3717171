"""The city's vocabulary: elements, code lists, and the findings that checks of published data return.

`vocabulary.read(city)` gives the elements, `reading.Section` reads any published YAML with findings in one tone,
`findings.Finding` is what every `check.py` returns.
"""

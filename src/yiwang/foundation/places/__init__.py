"""Cities, districts and streets.

`queries` answers for places by code; `loading.load(city)` takes `places.yaml` in; `published` reads the file.
"""

from tests.casework.cases.conftest import clock, world

__all__ = ["clock", "world"]

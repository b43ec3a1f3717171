"""Work that has a clock."""

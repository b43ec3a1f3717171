"""One library: departments keep their data, the city shares it (一库共享)."""

"""What `./dev` does: one module per command, one `check_*` module per check. Not part of the installed product."""

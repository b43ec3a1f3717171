"""Officers come, move and go, in one deed each; whoever keeps their tasks hears of it."""

"""What each register holds of a shard of the city; one module for what a register is of."""

"""A recording played again: what happened when, and a player that can be paused and sent about."""

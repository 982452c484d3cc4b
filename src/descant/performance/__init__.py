"""A performance without the graph: the same cores, fed from a list of events."""

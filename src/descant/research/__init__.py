"""Measures for those who study the piece: pure functions over what was played and learned."""

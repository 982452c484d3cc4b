"""The picture of a recording: what was played above, what was learned below."""

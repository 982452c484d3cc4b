"""The picture of a recording: piano roll above, losses below."""

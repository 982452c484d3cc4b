"""The conductor: which part is being played, and the gestures that go from one to the next."""

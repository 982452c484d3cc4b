"""Where sound goes. A sink pulls its samples from whoever makes them; it knows nothing of notes."""

"""The piano: MIDI ports and files in, note and pedal events out."""

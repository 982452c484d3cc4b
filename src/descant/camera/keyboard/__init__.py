"""The moving test picture: a piano keyboard in stage light, with the keys that are down."""

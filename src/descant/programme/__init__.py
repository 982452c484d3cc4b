"""The programme: which parts a performance has, and what each of them is, read from a YAML file."""

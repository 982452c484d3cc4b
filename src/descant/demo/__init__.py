"""The demo: a bundled improvisation played through the graph, with its results in a folder."""

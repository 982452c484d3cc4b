"""Lists in CSV are JSON, whatever is in them."""

import json

from hypothesis import given
from hypothesis import strategies as st

from descant.research.table_writer import _json

NUMBERS = st.lists(st.floats() | st.just(0.1))
WHOLE = st.lists(st.integers(0, 2**64 - 1))
TEXTS = st.lists(st.text("], [\"a'\\", max_size=5))


def columns(cells: st.SearchStrategy[list[object]]) -> st.SearchStrategy[list[object]]:
    """Cells of one kind, some of them missing."""
    return st.lists(st.none() | cells.map(tuple), max_size=6)


@given(column=columns(NUMBERS) | columns(WHOLE) | columns(TEXTS))
def test_each_list_is_its_own_json(column: list[object]) -> None:
    assert _json(column) == [None if cell is None else json.dumps(list(cell)) for cell in column]

"""The encoded article itself is what these tests read: nothing is invented, nothing is mocked.

`test_traps.py` has one test for each thing that a careless encoding of this article gets wrong,
`test_decisions.py` one row for each hedge, attribution, presupposition and negation,
`test_plain_view.py` what may and what may not be taken for granted, `test_whole.py` that the
article is there whole, and in other words than its own (for that it needs the text, which
AXISKG_TEST_DATA finds).
"""

from __future__ import annotations

import pytest
from encoded import Encoded


@pytest.fixture(scope="session")
def article() -> Encoded:
    return Encoded.load()

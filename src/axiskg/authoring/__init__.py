"""The form in which people write statements down: its fields, notation, anchors and schema."""

from __future__ import annotations

from axiskg.authoring.sheet import Entry, Sheet, read_sheet, sheet_text, write_sheet

__all__ = ["Entry", "Sheet", "read_sheet", "sheet_text", "write_sheet"]

"""AxisKG: sourced assertions as a provenance-first knowledge graph."""

"""Quad stores behind one protocol."""

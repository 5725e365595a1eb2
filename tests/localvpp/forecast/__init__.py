"""Tests of sharing and its money."""

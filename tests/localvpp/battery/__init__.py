"""Tests of a battery's life."""

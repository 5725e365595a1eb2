"""Tests of localvpp: what a flat does and knows."""

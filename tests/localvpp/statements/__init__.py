"""Tests of statements as they are laid out."""

"""Tests of records, frames and keys."""

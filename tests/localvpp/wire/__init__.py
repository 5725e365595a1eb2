"""Tests of the messages between flat and coordinator."""

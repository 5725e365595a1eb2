"""Devices made of entities of Home Assistant."""

"""Measurements, each beside a reference from the same run. Nothing here is part of a product."""

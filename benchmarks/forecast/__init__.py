"""How well homes are forecast: measured on homes that were measured, none of which is in Japan."""

"""What a flat of a Local VPP building does and knows, without Home Assistant.

The rooms, and who may enter which, stand in docs/developers.md. All imports inside are
relative: Home Assistant imports this package from inside the integration, everyone else
as `localvpp`.
"""

"""Where Home Assistant looks for custom integrations; this project brings one."""

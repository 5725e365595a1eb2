"""The command `local-vpp`: one module per subcommand. The only room that sees all others."""

"""What a subcommand raises when it cannot do what it was asked."""


class CommandError(Exception):
    """One sentence for the person at the terminal: what is wrong, and what to do."""

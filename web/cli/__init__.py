"""Wire: the command line. Commands are loaded when they are called, so that `--help` is instant."""

from web.cli.program import main

__all__ = ["main"]

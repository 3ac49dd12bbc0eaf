"""The command line: `sohoa`."""

from pipeline.cli.program import main

__all__ = ["main"]

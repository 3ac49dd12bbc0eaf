"""Checks on extracted records: what contradicts itself or the rules of such documents is doubted, never changed."""

from pipeline.extraction.checks.checking import CHECKS, checked

__all__ = ["CHECKS", "checked"]

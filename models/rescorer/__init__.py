"""A second opinion on restored text: which word fits between what stands before it and what stands after it."""

from models.rescorer.rescorer import Rescorer

__all__ = ["Rescorer"]

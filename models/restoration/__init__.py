"""Restoration of wrecked Vietnamese text: strings in, strings out."""

from models.restoration.restorer import Restorer
from models.restoration.tokens import Regime, RestoredLine, RestoredToken

__all__ = ["Regime", "RestoredLine", "RestoredToken", "Restorer"]

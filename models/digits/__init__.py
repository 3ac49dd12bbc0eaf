"""Reading figures written by hand: numbers and days that clerks write into printed lines."""

from models.digits.reader import FigureReader, Figures

__all__ = ["FigureReader", "Figures"]

"""One module for each outside program or library that reads."""

"""What is true of Vietnamese and of its offices."""

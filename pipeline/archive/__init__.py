"""What is kept, and how others get it."""

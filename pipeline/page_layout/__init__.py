"""From boxes of words to lines, blocks and their reading order."""

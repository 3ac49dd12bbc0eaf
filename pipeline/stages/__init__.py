"""The stages, one file each: a document in, a document out; they never import each other."""

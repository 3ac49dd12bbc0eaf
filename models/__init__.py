"""Trained models: strings in, strings out."""

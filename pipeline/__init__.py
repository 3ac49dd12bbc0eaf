"""Sohoa: scanned Vietnamese administrative plans in, records that can be trusted out."""

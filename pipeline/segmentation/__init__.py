"""Parting a document into passages and sections."""

from pipeline.segmentation.assembly import segment_document

__all__ = ["segment_document"]

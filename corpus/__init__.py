"""What is true: sample and gold documents, the noise that makes bad scans of good text, the metrics defined once."""

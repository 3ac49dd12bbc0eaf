"""Fit the confidences of weights anew: ``python -m models.restoration.recalibrate``.

To be run after the rescorer was trained, since it was made with the restoration's own words. Nothing but the curves
from posterior to confidence changes: one pair for the search alone, one for the search with the rescorer.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from models.rescorer import Rescorer
from models.restoration.model import load_model, save_model
from models.restoration.pages import load_pages
from models.restoration.restorer import SHIPPED
from models.restoration.train import calibrate


def main() -> None:
    """Fit the curves and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, required=True, action="append", help="pages for calibration (JSON lines)")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="folder of weights (default: those shipped)")
    parser.add_argument("--rescorer", type=Path, help="folder of the rescorer's weights (default: those shipped)")
    parser.add_argument("--out", type=Path, help="folder for the weights (default: where they are)")
    args = parser.parse_args()
    model = load_model(args.weights)
    pages = [page for path in args.pages for page in load_pages(path)]
    curves = calibrate(model, pages) | calibrate(model, pages, judge=Rescorer.load(args.rescorer))
    save_model(replace(model, tables=curves), args.out or args.weights)
    for name, (spread, right) in curves.items():
        print(name, ", ".join(f"{1 - 10.0**-x:.5f} → {y:.3f}" for x, y in zip(spread, right, strict=True)))


if __name__ == "__main__":
    main()

"""Commands about the installation: doctor, config."""

from pathlib import Path

import typer

from pipeline.cli.arguments import ArchiveFolder, Config, Settings, add, load
from pipeline.cli.terminal import console, is_drawn, write
from pipeline.errors import MissingEngineError

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Give the program these commands."""
    add(app, "doctor", doctor)
    add(app, "config", config)


def doctor(archive: ArchiveFolder = Path("archive"), config: Config = None, settings: Settings = None) -> None:
    """See what is installed and what is missing, and say what to type.

    The exit code is 0 if nothing is in the way of `sohoa run`, 4 otherwise.
    """
    from pipeline.doctor import commands, examine

    options = load(config, settings)
    findings = []
    for finding in examine(archive, options.ocr.language.split("+")):
        findings.append(finding)
        line = f"{finding.state:8}{finding.part}: {finding.found}"
        if finding.remedy:
            line += f". {finding.remedy}"
        if is_drawn():
            console().print(line, style={"missing": "red", "warning": "yellow"}.get(finding.state), soft_wrap=True)
        else:
            write(line)
    missing = [finding for finding in findings if finding.state == "missing"]
    write("")
    if not missing:
        write("Everything that Sohoa needs is here.")
        return
    write(f"{len(missing)} of {len(findings)} are missing.")
    typed = commands(missing)
    if typed:
        write("Type:")
        for command in typed:
            write(f"    {command}")
    raise typer.Exit(MissingEngineError.exit_code)


def config() -> None:
    """Print every option with its default, ready to be saved, changed and given with --config."""
    from importlib.resources import files

    write((files("pipeline") / "default.toml").read_text(encoding="utf-8").rstrip("\n"))

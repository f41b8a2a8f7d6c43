"""`canopy report`: the result of the last evaluation."""

from __future__ import annotations

from canopy_assets.app.status import artefact_details
from canopy_assets.settings import Settings

_MARKS = {"pass": "✓", "fail": "✗", "inconclusive": "?", "not applicable": "–"}


def print_report(settings: Settings) -> bool:
    """Print the headline, the table, the verdict with its gates, the champion, and where the report is.

    Returns:
        False when there is no evaluation yet; then nothing is printed.
    """
    from rich.console import Console
    from rich.table import Table

    evaluation = artefact_details(settings, "eval_report")
    if evaluation is None:
        return False
    console = Console()
    if headline := evaluation.get("headline_text"):  # reports of earlier versions have none
        console.print(headline, highlight=False, style="bold")
    table = Table(*evaluation["table"]["header"], title=evaluation["table"]["title"], title_justify="left")
    for row in evaluation["table"]["rows"]:
        table.add_row(*row)
    console.print(table)
    console.print(f"verdict            {evaluation['verdict']}")
    for gate in evaluation["gates"]:
        mark = _MARKS.get(gate.get("outcome"), "✓" if gate["passed"] else "✗")
        console.print(f"  {mark} {gate['title']}: {gate['explanation']}", highlight=False, markup=False)
    champion = artefact_details(settings, "champion")
    console.print(f"champion           {champion['adapter'][:16]}" if champion else "champion           none yet")
    console.print(f"report             {evaluation['path']}/report.html", highlight=False, soft_wrap=True)
    return True

"""Tables of figures on a terminal."""

Row = dict[str, object]


def show(rows: list[Row]) -> None:
    """Print rows below their columns' names; those of the first row are the columns."""
    if not rows:
        return
    columns = list(rows[0])
    lines = [columns, *([text(row[name]) for name in columns] for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    for cells in lines:
        first, *rest = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        print("  ".join((first.strip().ljust(widths[0]), *rest)))


def text(value: object) -> str:
    return "-" if value is None else str(value)

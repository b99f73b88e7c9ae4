"""Tables that leave the portal as CSV or XLSX. No cell is a formula to a spreadsheet, whatever somebody typed."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A cell that begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\0", "\r", "\n", "＝", "＋", "－", "＠")
MOST_COLUMNS, WIDTH = 30, 20
Row = list[str | int]


def table_response(name: str, rows: Iterable[Row]) -> HttpResponseBase:
    """Return the rows, heads first, as a file to keep; the ending of `name` (.csv or .xlsx) says which."""
    response: HttpResponseBase
    if name.endswith(".xlsx"):
        response = FileResponse(_workbook(rows), content_type=XLSX)
    else:
        response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def inert(cell: str | int) -> str | int:
    """Return the cell so that no spreadsheet takes it for a formula: a leading sign of one gets `'` before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def csv_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield CSV (RFC 4180) as UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO()
    text.write("\ufeff")
    # In quotes, so that no sign inside begins a cell where a spreadsheet divides by semicolons.
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    for row in rows:
        writer.writerow([inert(cell) for cell in row])
        if text.tell() > 32_000:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _workbook(rows: Iterable[Row]) -> Any:
    """Return an open temporary file that holds one sheet, its heads in sight; a row at a time is in memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet()
    heads, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, MOST_COLUMNS, WIDTH)
    for line, row in enumerate(rows):
        for column, cell in enumerate(map(inert, row)):
            if isinstance(cell, int):
                sheet.write_number(line, column, cell, number)
            else:
                sheet.write_string(line, column, cell, None if line else heads)
    book.close()
    file.seek(0)
    return file

"""CSV and TSV as rows of cells, by the rules of Python's csv module.

The delimiter of .csv and .txt is a comma unless the first line has none and shows `;`, a tab or `|`; that of .tsv is a tab.
Quotation marks quote in all of them. Line ends are LF, CRLF or CR. Lines with nothing in them are no rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from operator import itemgetter

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.columns import (
    TEXT_INDEX,
    Cells,
    ColumnNames,
    ColumnPlan,
    Source,
    missing_columns_error,
    needed_names,
    plan_columns,
)
from adscreen.ingest.encoding import ESCAPED, Decoder, guess_encoding, open_text, with_line_feeds
from adscreen.ingest.lines import line_blocks
from adscreen.ingest.options import ReadOptions
from adscreen.ingest.quoting import RowFeed
from adscreen.ingest.rejects import FileLog
from adscreen.ingest.sources import ByteStream
from adscreen.records import AD_COLUMNS

OTHER_DELIMITERS = ";\t|"


def read_delimited(stream: ByteStream, delimiter: str | None, options: ReadOptions, log: FileLog) -> Iterator[tuple[int, Cells]]:
    """Line and cells of each row, cells in the order of the output columns; `delimiter` None: told from the first line.

    Raises InputError when the header lacks a needed column or does not decode.
    """
    text = open_text(stream, options.encoding)
    decoder = text.decoder
    read = with_line_feeds(text.read) if "\r" in text.head and "\n" not in text.head else text.read
    feed = RowFeed(line_blocks(read), decoder, delimiter or _delimiter_of(text.head), log)
    rows = feed.rows()
    first = next(((line, row) for line, row in rows if not _is_blank(row)), None)
    if first is None:
        return
    header = first[1] if options.header else [str(number) for number in range(1, len(first[1]) + 1)]
    _refuse_undecodable(log.name, header, decoder)
    plan = plan_columns(ColumnNames(header, nested=False, file=log.name), options)
    body = rows if options.header else chain([first], rows)
    if missing := needed_names(options) - plan.found:
        sample = [row for _, row in islice(body, limits.CANDIDATE_ROWS)]
        lengths = {name: sum(len(row[i]) for row in sample if i < len(row)) / max(1, len(sample)) for i, name in enumerate(header)}
        raise missing_columns_error(log.name, missing, header, options, lengths)
    yield from _Table(header, plan, feed, decoder, log).cells(body)


def _delimiter_of(head: str) -> str:
    """The delimiter that the first line with anything in it shows: a comma wherever there is one."""
    first_line = next((line for line in head.splitlines() if line.strip()), "")
    if "," in first_line:
        return ","
    best = max(OTHER_DELIMITERS, key=first_line.count)
    return best if best in first_line else ","


def _refuse_undecodable(name: str, header: list[str], decoder: Decoder) -> None:
    joined = ",".join(header)
    if ESCAPED.search(joined):
        guess = guess_encoding(decoder.encode(joined))
        hint = f"pass --encoding {guess}" if guess else "pass --encoding with the encoding it was saved in"
        raise InputError(f"{name}: the column names are not {decoder.codec}; {hint}")


def _is_blank(row: list[str]) -> bool:
    return not row or (len(row) == 1 and not row[0].strip())


class _Table:
    """Turns rows into cells of the output columns, and faulty rows into rejects."""

    def __init__(self, header: list[str], plan: ColumnPlan, feed: RowFeed, decoder: Decoder, log: FileLog) -> None:
        self._header = header
        self._feed = feed
        self._decoder = decoder
        self._log = log
        self._pick = itemgetter(*_single_indexes(plan, len(header)))
        self._joins = [(column, sources) for column, sources in enumerate(plan.sources) if len(sources) > 1]
        self._text = plan.sources[TEXT_INDEX]

    def cells(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, Cells]]:
        width = len(self._header)
        for line, row in rows:
            if (len(row) != width or line <= self._feed.suspect_through) and not self._accepts(line, row):
                continue
            row += ("", None)  # type: ignore[arg-type]  # what absent ad columns and absent kept columns read
            cells: Cells = self._pick(row)
            yield line, self._with_joins(cells, row) if self._joins else cells

    def _accepts(self, line: int, row: list[str]) -> bool:
        """Whether an odd row is one; rejects it if not, and fills up what is missing at its end."""
        width = len(self._header)
        if not row or (width > 1 and _is_blank(row)):
            return False
        if self._is_undecodable(line, row):
            return False
        if len(row) == width:
            return True
        present = [row[source.index] for source in self._text if source.index < len(row)]
        if len(row) > width or len(present) < len(self._text) or not any(text.strip() for text in present):
            self._reject_ragged(line, row)
            return False
        row += [""] * (width - len(row))
        return True

    def _reject_ragged(self, line: int, row: list[str]) -> None:
        if any(cell.strip() for cell in row):
            detail = f"the row has {len(row)} cells, the header has {len(self._header)}"
            self._log.reject(line, "ragged_row", detail, ",".join(row))
        else:
            self._log.reject(line, "empty_text", "all cells are empty")

    def _is_undecodable(self, line: int, row: list[str]) -> bool:
        if line > self._feed.suspect_through:
            return False
        for index, cell in enumerate(row):
            if escaped := ESCAPED.search(cell):
                column = self._header[index] if index < len(self._header) else str(index + 1)
                byte = ord(escaped[0]) - 0xDC00
                self._log.reject_bytes(line, column, byte, self._decoder.codec, self._decoder.encode(",".join(row)))
                return True
        return False

    def _with_joins(self, cells: Cells, row: list[str]) -> Cells:
        joined = list(cells)
        for column, sources in self._joins:
            joined[column] = "\n".join(cell for source in sources if (cell := row[source.index]).strip())
        return tuple(joined)


def _single_indexes(plan: ColumnPlan, width: int) -> list[int]:
    """Where each output column reads a row of `width` cells that an empty string and None were appended to."""

    def index(column: int, sources: tuple[Source, ...]) -> int:
        if sources:
            return sources[0].index
        return width if column < len(AD_COLUMNS) else width + 1

    return [index(column, sources) for column, sources in enumerate(plan.sources)]

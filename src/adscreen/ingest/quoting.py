"""CSV rows out of blocks of lines, with a way back when a quotation mark never closes.

A quotation mark that opens and never closes, or closes within a later row, would swallow every row between. Here it costs one
row: the row is rejected and reading goes on with the next line. Marks that are not doubled within one line are taken as they come.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from itertools import chain

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.encoding import Decoder
from adscreen.ingest.lines import OversizedLine
from adscreen.ingest.rejects import FileLog

MAX_REREAD_ROWS = 64
"""Rows of full length that may be read again in one file; beyond it the file is not quoted CSV, and it could take hours."""


class _UnclosedQuoteError(Exception):
    """The row that is being read opened a quotation mark, and no end of it is in reach."""


class _LongLineError(Exception):
    """The next line is over the cap and was read past."""

    def __init__(self, line: OversizedLine) -> None:
        super().__init__()
        self.head = line.head


class RowFeed:
    """Rows of one table with the physical line each starts on.

    Rows that start on a line up to `suspect_through` may hold bytes that did not decode.
    """

    _row_line: int
    _lines_before: int

    def __init__(self, blocks: Iterator[bytes | OversizedLine], decoder: Decoder, delimiter: str, log: FileLog) -> None:
        self._blocks = blocks
        self._decoder = decoder
        self._delimiter = delimiter
        self._log = log
        self._held: deque[tuple[int, str]] = deque()  # first line and text of each block from the current row on
        self._unread: bytes | OversizedLine | None = None
        self._reread = 0
        self.suspect_through = 0
        csv.field_size_limit(max(csv.field_size_limit(), limits.MAX_ROW_BYTES + 3 * limits.BLOCK_BYTES))
        self._reader = csv.reader(())
        self._start_reader("", 0)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line and cells of each row; a row without cells where a line has nothing in it.

        Raises InputError when marks that never close are so many that the file is not quoted CSV.
        """
        while True:
            try:
                for row in self._reader:
                    if self._crossed_blocks and sum(map(len, row)) > limits.MAX_ROW_BYTES:
                        self._log.reject_long_row(self._row_line, row[0])
                    else:
                        yield self._row_line, row
                    self._row_line = self._line + 1
                return
            except _UnclosedQuoteError:
                self._reread += self._held_chars()
                self._start_over_behind_first_line()
            except csv.Error:  # a quotation mark within a quoted cell that is not doubled
                if self._line > self._row_line:
                    self._start_over_behind_first_line()
                else:
                    yield self._row_line, next(csv.reader([self._first_line()[0]], delimiter=self._delimiter))
                    self._row_line = self._line + 1
            except _LongLineError as fault:
                self._log.reject_long_row(self._row_line, fault.head.decode("utf-8", "replace"))
                self._held.clear()
                self._start_reader("", self._row_line)

    @property
    def _line(self) -> int:
        """The last physical line that was handed to the csv reader."""
        return self._lines_before + int(self._reader.line_num)

    @property
    def _crossed_blocks(self) -> bool:
        return len(self._held) > 1

    def __iter__(self) -> RowFeed:
        return self

    def __next__(self) -> io.StringIO:
        """The next block's lines, for the csv reader."""
        in_row = self._row_line <= self._line
        self._let_go(in_row)
        block = self._unread if self._unread is not None else next(self._blocks, None)
        self._unread = None
        if in_row and (not isinstance(block, bytes) or self._held_chars() > self._reach()):
            self._unread = block
            raise _UnclosedQuoteError
        if block is None:
            raise StopIteration
        if isinstance(block, OversizedLine):
            raise _LongLineError(block)
        return self._opened(block)

    def _let_go(self, in_row: bool) -> None:
        """Forget the blocks that end before the current row."""
        if not in_row:
            self._held.clear()
        while len(self._held) > 1 and self._held[1][0] <= self._row_line:
            self._held.popleft()

    def _opened(self, block: bytes) -> io.StringIO:
        text, is_suspect = self._decoder.block(block)
        if is_suspect:
            self.suspect_through = self._line + len(block.splitlines())
        self._held.append((self._line + 1, text))
        return io.StringIO(text, newline="")

    def _held_chars(self) -> int:
        return sum(len(text) for _, text in self._held)

    def _reach(self) -> int:
        """Characters to look ahead for a closing mark: the longest row, wherever in its first block it starts."""
        return limits.MAX_ROW_BYTES + 2 * limits.block_bytes()

    def _start_reader(self, text: str, lines_before: int) -> None:
        lines = chain(io.StringIO(text, newline=""), chain.from_iterable(self))
        self._lines_before = lines_before  # lines that the csv reader does not count
        self._row_line = lines_before + 1  # where the row that is being read starts
        self._reader = csv.reader(lines, delimiter=self._delimiter, strict=True)

    def _first_line(self) -> tuple[str, str]:
        """The first line of the current row, and all that is held behind it."""
        held = io.StringIO("".join(text for _, text in self._held), newline="")
        for _ in range(self._row_line - self._held[0][0]):
            held.readline()
        return held.readline(), held.read()

    def _start_over_behind_first_line(self) -> None:
        """Reject the first line of a row that does not end as it should and go on with the second."""
        if self._reread > MAX_REREAD_ROWS * limits.MAX_ROW_BYTES:
            raise InputError(
                f"{self._log.name}: line {self._row_line} and many before it open a quotation mark that never closes; "
                "the table is not quoted as CSV: double the marks inside quoted cells, or save it as JSONL"
            )
        line, rest = self._first_line()
        self._log.reject(self._row_line, "unclosed_quote", 'a cell opens with " and no " at the end of a cell closes it', line)
        self._held = deque([(self._row_line + 1, rest)])
        self._start_reader(rest, self._row_line)

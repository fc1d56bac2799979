"""Reports for people: sections of tables, charts and notes, printed as HTML, Markdown or JSON."""

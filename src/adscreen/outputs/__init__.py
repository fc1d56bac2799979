"""Edges where results go out: verdicts and rejects as JSONL, CSV, TSV or Parquet, whole files or none."""

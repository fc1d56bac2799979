"""The command line: one file per verb, each a thin function over the library."""

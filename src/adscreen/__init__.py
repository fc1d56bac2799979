"""adscreen: finds job ads that resemble recruitment into scam compounds.

Importing this package loads no third-party library. Start with `adscreen.screen.Screener`, or with `adscreen --help`.
"""

__version__ = "0.1.0"

"""Wire: reports as sheets: a verdict, charts with the table behind each, and how every figure is made."""

"""Wire: the pages, one file per noun. A route reads its input, calls one use case and responds."""

"""Wire: the demo: a fictional company, a mail world on loopback, and creators who answer."""

"""Where the model is declared and the facts are kept; imports nothing else of bulian."""

"""Pure: the words of a mail: pitch, merge fields, Markdown, and everything that reads a draft before a person does."""

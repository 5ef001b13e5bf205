"""One folder per tool; strangers to one another. Begin with docs/guides/first-connector.md."""

"""The operations of the API, one module for each subject. Handlers are thin: ask, answer."""

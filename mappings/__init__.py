"""Shipped mapping documents, <tool>/<kind>.yaml. No code lives here."""

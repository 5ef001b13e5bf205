"""What goes over the wire: the requests that are taken and the answers that are given.

Lists hand out bytes that the store keeps ready, so most answers here are never built: they make
the API document, and tests hold real answers against them. Start with `words`, then `lists`.
"""

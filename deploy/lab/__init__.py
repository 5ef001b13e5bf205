"""Real servers on free loopback ports, for tests: started when asked for, always stopped.

Start reading at `processes` (how a server is started and stopped), then one server, e.g.
`postgres`. `fixtures` hands them to pytest; `python -m deploy.lab up DIR` to a person.
"""

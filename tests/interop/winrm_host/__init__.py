"""A small Windows host as WinRM shows it, written without any of this project's Rust code.

`sealing` authenticates and seals (all of it done by a library), `soap` reads and writes envelopes, `wql` understands
queries, `hyperv` holds the objects, and `responder` puts the last three together: an envelope in, an envelope out.
"""

"""Settings of any device: constraints, edit state, changes and their proof. Knows no protocol."""

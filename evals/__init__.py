"""Evaluations: how well it does on data from outside. Each module is a command, `make eval-NAME`."""

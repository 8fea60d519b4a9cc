"""What stands behind scripts/: a machine made ready for the tests, and the tests run on it.

Runs on the bare standard library of Python 3.11, because it is what makes the .venv.
"""

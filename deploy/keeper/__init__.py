"""The keeper: keeps up what the ledger holds on the router and in DNS, and watches.

It renews and repairs; it never adds, removes or decides. Only the command line does.
"""

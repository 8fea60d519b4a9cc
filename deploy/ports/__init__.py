"""Opening ports on the home router: PCP, NAT-PMP, UPnP, and instructions where none works."""

"""For test_interrupt: `firewall apply` at its question, its guard only said to be at work."""

import asyncio
import os
import sys
from pathlib import Path

from deploy.commands import firewall
from deploy.embedded.record import Process
from deploy.firewall.change import FirewallRule
from deploy.firewall.trial import Order, Phase, Standing, Trial
from support.firewalls import Answers, ufw_now


class Attended(Trial):
    """Says what a guard would, and that it was told to."""

    def begin(self, _: Order) -> None:
        """Nothing is changed."""
        self.write(Standing(Phase.CHANGED, Process.of(os.getpid())))

    def finish(self, word: str) -> None:
        """The decision is what counts."""
        sys.stdout.write(f"finished {word} {self.decision}\n")


trial = Attended(Path(sys.argv[1]))
desired = {"firewall": "ufw", "ports": [8443], "enable": False, "ssh": []}
rule = FirewallRule(desired, trial, Answers(), ask=firewall._ask(trial), seconds=600)
asyncio.run(rule.apply(ufw_now()))

from deploy.firewall.root import AsRoot
from deploy.run import NOT_FOUND, Result
from support.firewalls import Answers


def test_answers_by_the_longest_beginning():
    answers = Answers()
    answers.say("ufw", "short")
    answers.say("ufw status", Result(1, "", "long"))
    runner = AsRoot(answers, root=False)
    assert runner(["ufw", "version"]).out == "short"
    assert runner(["ufw", "status", "verbose"]).err == "long"
    assert runner(["nft"]).code == NOT_FOUND
    assert answers.asked == ["ufw version", "ufw status verbose", "nft"]

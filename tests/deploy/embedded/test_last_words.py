"""What a failed start quotes of the logs."""

from deploy import settings
from deploy.clone import Clone
from deploy.embedded.log_reader import sizes
from deploy.embedded.stack import EmbeddedStack


def test_only_this_start_is_quoted_and_each_sentence_once(tmp_path):
    clone = Clone(tmp_path)
    clone.make_state()
    log = clone.logs / "server.log"
    log.write_text("Of last week.\n")
    stack = EmbeddedStack(clone, settings.load(clone, {}))
    stack._begins = sizes(clone.logs)
    with log.open("a") as file:
        file.write('{"event": "settings"}\n' + "The disk is full.\n" * 5 + "Make room.\n")
    assert stack._last_words("server") == "The disk is full.\nMake room."
    assert stack._last_words("caddy") == ""

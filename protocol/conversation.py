"""Both ends of a conversation, without a socket, by one name."""

from protocol.client_conversation import ClientConversation, Next
from protocol.errors import Refused
from protocol.server_conversation import ServerConversation

__all__ = ["ClientConversation", "Next", "Refused", "ServerConversation"]

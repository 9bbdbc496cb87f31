"""Makes calls by the Python SDK of Sinch and prints what its developer sees: one line of JSON for each line of stdin."""

import json
import sys

from sinch import SinchClient
from sinch.core.exceptions import SinchException

clients = {}


def client_of(auth, conversation, secret):
    """Returns one client for each place and secret: it keeps its token, as in an application."""
    key = (conversation, secret)
    if key not in clients:
        client = SinchClient(
            project_id="local-project",
            key_id="local-key-id",
            key_secret=secret,
            conversation_region="eu",
        )
        client.configuration.auth_origin = auth
        client.configuration.conversation_origin = conversation
        clients[key] = client
    return clients[key].conversation.messages


def plain(result):
    if hasattr(result, "model_dump"):
        return result.model_dump(mode="json", exclude_none=True)
    if hasattr(result, "content"):
        return [plain(one) for one in result.content()]
    return result


def answer(auth, conversation, secret, method, arguments):
    try:
        result = getattr(client_of(auth, conversation, secret), method)(**arguments)
        return {"result": plain(result)}
    except SinchException as error:
        response = error.http_response
        return {
            "error": type(error).__name__,
            "message": str(error),
            "status": response.status_code if response is not None else None,
            "body": response.body if response is not None else None,
        }
    except Exception as error:  # A failure of the SDK itself: the suite shows it.
        return {"failure": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    print(json.dumps(answer(**json.loads(line))), flush=True)

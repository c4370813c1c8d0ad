"""The gentle look at every node before anybody clicks it, so that refusals show in the tree."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from app.errors import AuthError, CameraError, Forbidden, TransportError
from app.families.base import SettingsTree
from app.settings.document import Document
from app.settings.tree import NodeKind, NodeState
from ui.models.resources import ResourceModel

PAUSE = 0.15  # seconds between two questions; a camera has other work to do
SORE = 5.0  # seconds after an answer that did not come
GIVE_UP = 3  # answers that did not come


class NodeCheck:
    """Asks one node at a time, only while its page is in front and the user waits for nothing."""

    def __init__(
        self,
        settings: SettingsTree,
        model: ResourceModel,
        on_document: Callable[[Document], None],
        on_error: Callable[[str, CameraError], None],
        is_user_busy: Callable[[], bool],
    ) -> None:
        self._settings, self._model = settings, model
        self._on_document, self._on_error, self._is_user_busy = on_document, on_error, is_user_busy
        self._front = asyncio.Event()
        self._asking: asyncio.Future[Document] | None = None

    def resume(self) -> None:
        self._front.set()

    def pause(self) -> None:
        self._front.clear()

    def make_way(self) -> None:
        """The user wants something: the question under way is given up and asked again later."""
        if self._asking is not None:
            self._asking.cancel()

    async def run(self) -> None:
        """Ends when every node is known, the device does not answer, or it refuses the account."""
        nodes = (node for node in self._model.nodes if node.kind in (NodeKind.SETTINGS, NodeKind.STATUS))
        waiting = deque(node.id for node in nodes)
        silent = 0
        while waiting and silent < GIVE_UP:
            await asyncio.sleep(SORE if silent else PAUSE)
            await self._front.wait()
            if self._is_user_busy():
                continue
            node = self._model.node(waiting[0])
            if node is None or node.state is not NodeState.UNKNOWN:
                waiting.popleft()
                continue
            try:
                document = await self._ask(node.id)
            except TransportError:
                silent += 1
                continue
            except CameraError as error:
                if isinstance(error, AuthError) and not isinstance(error, Forbidden):
                    return
                self._on_error(node.id, error)
            else:
                if document is None:
                    continue
                self._model.set_state(node.id, NodeState.READY)
                self._on_document(document)
            silent = 0
            waiting.popleft()

    async def _ask(self, resource: str) -> Document | None:
        """None when it had to make way."""
        asking = self._asking = asyncio.ensure_future(self._settings.load(resource))
        try:
            await asyncio.wait([asking])
        finally:
            self._asking = None
            asking.cancel()  # does nothing to one that has ended
        return None if asking.cancelled() else asking.result()

"""Many calls to a gateway side by side, their answers as they come; the thread that makes them touches no database."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Generic, TypeVar

from vssid.sms import wire
from vssid.sms.answers import Ambiguous, Later, SendError

logger = logging.getLogger(__name__)

PARTS = 4  # as many answers or free places as a quarter of the width are dealt with at once: less idle, more statements
GATHER = 0.02  # seconds that the first answer waits for others, so that they are written down together

Job = TypeVar("Job")
Result = TypeVar("Result")


class Calls(Generic[Job, Result]):
    """Runs `call(job)` for each job added, at most `width` at a time; what is open when the block ends is broken off.

    What `call` returns at once is an answer; a coroutine runs in the wire's thread, from the next `finished` on.
    """

    def __init__(self, call: Callable[[Job], Later[Result]], width: int) -> None:
        self.call, self.width = call, width
        self.open = 0
        self._added: list[tuple[Job, Coroutine[Any, Any, Result]]] = []
        self._answers: deque[tuple[Job, Result | SendError]] = deque()
        self._enough = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()  # the wire's thread alone looks at it

    def __enter__(self) -> "Calls[Job, Result]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, call in self._added:
            call.close()
        if self.open:
            wire.loop().call_soon_threadsafe(self._break_off)

    @property
    def room(self) -> int:
        """How many more can be begun at once."""
        return self.width - self.open

    def add(self, job: Job) -> None:
        """Begin a call."""
        self.open += 1
        try:
            answer = self.call(job)
        except Exception as error:
            self._answers.append((job, _told(error)))
            return
        if isinstance(answer, Coroutine):
            self._added.append((job, answer))
        else:
            self._answers.append((job, answer))

    def finished(self) -> list[tuple[Job, Result | SendError]]:
        """Wait for an answer and a moment for others, then return those that have come; empty when none is open."""
        if self._added:
            added, self._added = self._added, []
            wire.loop().call_soon_threadsafe(self._begin, added)
        if self.open and not self._answers:
            self._enough.wait()
        self._enough.clear()
        answers = [self._answers.popleft() for _ in range(len(self._answers))]
        self.open -= len(answers)
        return answers

    def _begin(self, added: list[tuple[Job, Coroutine[Any, Any, Result]]]) -> None:
        for job, call in added:
            self._tasks.add(wire.loop().create_task(self._run(job, call)))

    def _break_off(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _run(self, job: Job, call: Coroutine[Any, Any, Result]) -> None:
        try:
            answer: Result | SendError = await call
        except Exception as error:
            answer = _told(error)
        self._answers.append((job, answer))
        self._tasks.discard(asyncio.current_task())
        if len(self._answers) * PARTS >= self.width or not self._tasks:
            self._enough.set()
        elif len(self._answers) == 1:
            asyncio.get_running_loop().call_later(GATHER, self._enough.set)


def _told(error: Exception) -> SendError:
    if isinstance(error, SendError):
        return error
    # Whatever it was, the gateway may have the message. A trace would show the text.
    logger.error("sms.gateway_bug", extra={"error": type(error).__name__})
    return Ambiguous("internal")

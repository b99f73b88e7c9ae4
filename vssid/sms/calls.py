"""Many calls to a gateway side by side in one thread, their answers as they come."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Generic, TypeVar

from vssid.sms import wire
from vssid.sms.answers import Ambiguous, Later, SendError

logger = logging.getLogger(__name__)

GATHER = 0.02  # seconds that the first answer waits for others, so that they are written down together

Job = TypeVar("Job")
Result = TypeVar("Result")


class Calls(Generic[Job, Result]):
    """Runs `call(job)` for each job added, at most `width` at a time; what is open when the block ends is broken off.

    What `call` returns at once is an answer; a coroutine runs while `finished` waits, not between.
    """

    def __init__(self, call: Callable[[Job], Later[Result]], width: int) -> None:
        self.call, self.width = call, width
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._answers: list[tuple[Job, Result | SendError]] = []
        self._enough: asyncio.Future[None] | None = None

    def __enter__(self) -> "Calls[Job, Result]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop and self._tasks:
            for task in self._tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.wait(self._tasks.copy()))

    @property
    def open(self) -> int:
        """How many have begun whose answer was not given out yet."""
        return len(self._tasks) + len(self._answers)

    @property
    def room(self) -> int:
        """How many more can be begun at once."""
        return self.width - self.open

    def add(self, job: Job) -> None:
        """Begin a call."""
        try:
            answer = self.call(job)
        except Exception as error:
            self._answers.append((job, _told(error)))
            return
        if not isinstance(answer, Coroutine):
            self._answers.append((job, answer))
            return
        if self._loop is None:
            self._loop = wire.loop()
        self._tasks.add(self._loop.create_task(self._run(job, answer)))

    def finished(self) -> list[tuple[Job, Result | SendError]]:
        """Wait for an answer and a moment for others, then return those that have come; empty when none is open."""
        if self._loop and self._tasks and not self._answers:
            self._enough = self._loop.create_future()
            self._loop.run_until_complete(self._enough)
        answers, self._answers = self._answers, []
        return answers

    async def _run(self, job: Job, call: Coroutine[Any, Any, Result]) -> None:
        try:
            answer: Result | SendError = await call
        except Exception as error:
            answer = _told(error)
        self._answers.append((job, answer))
        self._tasks.discard(asyncio.current_task())
        if self._enough and not self._enough.done():
            if len(self._answers) * 2 >= self.width or not self._tasks:
                self._enough.set_result(None)
            elif len(self._answers) == 1:
                asyncio.get_running_loop().call_later(GATHER, _set, self._enough)


def _set(enough: asyncio.Future[None]) -> None:
    if not enough.done():
        enough.set_result(None)


def _told(error: Exception) -> SendError:
    if isinstance(error, SendError):
        return error
    # Whatever it was, the gateway may have the message. A trace would show the text.
    logger.error("sms.gateway_bug", extra={"error": type(error).__name__})
    return Ambiguous("internal")

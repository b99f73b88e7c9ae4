"""Many calls to a gateway side by side, their answers as they come; the threads touch no database."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Generic, TypeVar

from vssid.sms.gateways import Ambiguous, SendError

logger = logging.getLogger(__name__)

GATHER = 0.02  # seconds that the first answer waits for others, so that they are written down together

Job = TypeVar("Job")
Result = TypeVar("Result")


class Calls(Generic[Job, Result]):
    """Runs `call(job)` for each job added, at most `width` at a time; with a width of 1 in this very thread."""

    def __init__(self, call: Callable[[Job], Result], width: int) -> None:
        self.call, self.width = call, width
        self.open = 0
        self._answers: SimpleQueue[tuple[Job, Result | SendError]] = SimpleQueue()
        self._pool = ThreadPoolExecutor(max_workers=width) if width > 1 else None

    def __enter__(self) -> "Calls[Job, Result]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def room(self) -> int:
        """How many more can be begun at once."""
        return self.width - self.open

    def add(self, job: Job) -> None:
        """Begin a call."""
        self.open += 1
        if self._pool is None:
            self._run(job)
        else:
            self._pool.submit(self._run, job)

    def finished(self) -> list[tuple[Job, Result | SendError]]:
        """Wait for an answer, then return those that have come; empty when nothing is under way."""
        if not self.open:
            return []
        answers = [self._answers.get()]
        until = time.monotonic() + GATHER
        while len(answers) < self.open and len(answers) * 2 < self.width:
            try:
                answers.append(self._answers.get(timeout=max(0.0, until - time.monotonic())))
            except Empty:
                break
        self.open -= len(answers)
        return answers

    def _run(self, job: Job) -> None:
        try:
            answer: Result | SendError = self.call(job)
        except SendError as error:
            answer = error
        except Exception as error:  # whatever it was, the gateway may have the message
            logger.error("sms.gateway_bug", extra={"error": type(error).__name__})  # a trace shows the text
            answer = Ambiguous("internal")
        self._answers.put((job, answer))

"""What outlives a request: jobs and their answers, in SQLite, shared by every worker.

All methods block; they are called in threads.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    Engine,
    LargeBinary,
    String,
    create_engine,
    delete,
    event,
    func,
    select,
)
from sqlalchemy import update as updating
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.schema import CreateIndex, CreateTable

from gateway.actions.file_lock import LivingWorker

State = Literal["running", "done", "interrupted"]
KEPT = 60 * 60.0  # seconds that an answer can be asked for
MAX_RUNNING = 16  # jobs of one key at a time
MAX_JOBS = 2_000  # in all; the oldest ended ones go first
MAX_ANSWER = 4 << 20  # bytes
BUSY = 10.0  # seconds to wait for another worker's write


class Table(DeclarativeBase):
    """The tables of `data/relay.db`."""


class Job(Table):
    """A call that goes on without its client. Times are seconds since the epoch."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(40), index=True)
    worker: Mapped[str] = mapped_column(String(60))
    call: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12), index=True)
    began: Mapped[float]
    ended: Mapped[float | None]
    status: Mapped[int | None]
    media_type: Mapped[str | None] = mapped_column(String(200))
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as a poll sees it. `answer` is there once it is done."""

    id: str
    call: str
    state: State
    seconds: float  # that it has run, or ran
    status: int = 0
    media_type: str = ""
    answer: bytes = b""


class JobStore:
    """The jobs of one data folder, and this worker's sign of life in it."""

    def __init__(
        self,
        folder: Path,
        *,
        kept: float = KEPT,
        bound: int = MAX_JOBS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`kept`: seconds that an answer can be asked for; `bound`: how many jobs there are."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._worker = LivingWorker(folder / "workers")
        self._kept = kept
        self._bound = bound
        self._clock = clock
        self._engine = _engine(folder / "relay.db")
        self._writing = self._engine.execution_options(immediate=True)

    def begin(self, owner: str, call: str) -> str | None:
        """Note a job and return its id; None where the key has too many that run."""
        with Session(self._writing) as session, session.begin():
            self._clear(session)
            running = select(func.count()).where(Job.owner == owner, Job.state == "running")
            if (session.scalar(running) or 0) >= MAX_RUNNING:
                return None
            job = Job(
                id=f"job_{secrets.token_urlsafe(18)}",
                owner=owner,
                worker=self._worker.name,
                call=call,
                state="running",
                began=self._clock(),
            )
            session.add(job)
            return job.id

    def finish(self, identity: str, status: int, media_type: str, answer: bytes) -> None:
        """Keep the answer of a job, and let its time begin.

        Raises ValueError for one of more than `MAX_ANSWER` bytes; the response budget makes none.
        """
        if len(answer) > MAX_ANSWER:
            raise ValueError(f"an answer of more than {MAX_ANSWER} bytes")
        values = {
            "state": "done",
            "ended": self._clock(),
            "status": status,
            "media_type": media_type[:200],
            "answer": answer,
        }
        with Session(self._writing) as session, session.begin():
            session.execute(updating(Job).where(Job.id == identity).values(values))

    def interrupt(self, identity: str) -> None:
        """Note that a job was cut before its answer came."""
        values = {"state": "interrupted", "ended": self._clock()}
        running = (Job.id == identity, Job.state == "running")
        with Session(self._writing) as session, session.begin():
            session.execute(updating(Job).where(*running).values(values))

    def find(self, identity: str, owner: str) -> JobRecord | None:
        """Return a job of a key; None where that key has none of this id, or it is too old.

        A job whose worker has ended without an answer is marked as interrupted.
        """
        with Session(self._engine) as session:
            job = session.get(Job, identity)
            if job is None or job.owner != owner:
                return None
            found = _record(job, self._clock())
            if job.ended is not None and self._clock() - job.ended > self._kept:
                return None
            worker = job.worker
        if found.state == "running" and not self._worker.lives(worker):
            self.interrupt(identity)
            return self.find(identity, owner)
        return found

    def close(self) -> None:
        """Close the database and give up the sign of life."""
        self._engine.dispose()
        self._worker.close()

    def _clear(self, session: Session) -> None:
        """Mark what a restart has cut, and remove what is too old or too much."""
        running = select(Job.worker).where(Job.state == "running").distinct()
        dead = [name for name in session.scalars(running) if not self._worker.lives(name)]
        if dead:
            values = {"state": "interrupted", "ended": self._clock()}
            cut = (Job.state == "running", Job.worker.in_(dead))
            session.execute(updating(Job).where(*cut).values(values))
        session.execute(delete(Job).where(Job.ended < self._clock() - self._kept))
        over = (session.scalar(select(func.count()).select_from(Job)) or 0) - self._bound + 1
        if over > 0:
            oldest = select(Job.id).where(Job.ended.is_not(None)).order_by(Job.ended).limit(over)
            session.execute(delete(Job).where(Job.id.in_(oldest)))


def _engine(path: Path) -> Engine:
    """Open the database; several workers may do so at once."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY})

    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    with engine.execution_options(immediate=True).begin() as connection:
        for table in Table.metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))
    path.chmod(0o600)
    return engine


def _settle(driver: Any, _: Any) -> None:
    driver.isolation_level = None  # `_begin` begins transactions, not the driver
    cursor = driver.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # readers do not wait for a writer
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the lock first where there will be a write: one that comes later is not waited for."""
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _record(job: Job, now: float) -> JobRecord:
    state: State = "running"
    if job.state in ("done", "interrupted"):
        state = "done" if job.state == "done" else "interrupted"
    return JobRecord(
        id=job.id,
        call=job.call,
        state=state,
        seconds=max((job.ended or now) - job.began, 0.0),
        status=job.status or 0,
        media_type=job.media_type or "",
        answer=job.answer or b"",
    )

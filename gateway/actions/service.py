"""Everything that answers projected calls, put together once for a gateway."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp

from gateway.actions.adapter import Adapter
from gateway.actions.answering import Answers
from gateway.actions.applications import ActionsApplications
from gateway.actions.budget import BUDGET
from gateway.actions.calls import Calls
from gateway.actions.documents import Published
from gateway.actions.download_folder import BOUND, KEPT, DownloadFolder
from gateway.actions.downloads import Downloads
from gateway.actions.files_in import FetchRules
from gateway.actions.files_out import FilesOut
from gateway.actions.jobs import Jobs, JobTimes
from gateway.actions.operations import CALL, DOWNLOAD, PUBLISHED
from gateway.actions.twins import Twins
from gateway.contract.model import Contract
from gateway.projection import Projection


@dataclass(frozen=True, slots=True)
class ActionsOptions:
    """What settings say of projected calls.

    `data` is the folder for downloads and jobs, `key` signs links (`gateway.actions.signing`),
    `public_url` is the gateway's address without a closing slash ("": as the request has it).
    `budget` is in characters, `download_bound` in bytes, `download_kept` in seconds.
    """

    data: Path
    key: bytes
    public_url: str = ""
    fetch: FetchRules = field(default_factory=FetchRules)
    times: JobTimes = field(default_factory=JobTimes)
    budget: int = BUDGET
    download_bound: int = BOUND
    download_kept: float = KEPT


class ActionsService:
    """The applications of a projection, by what `gateway.actions.operations` calls them."""

    def __init__(
        self,
        contract: Contract,
        projection: Projection,
        entrance: Callable[[], ASGIApp],
        options: ActionsOptions,
    ) -> None:
        """`contract` has the gateway's own operations; `entrance` gives its outermost stage."""
        folder = DownloadFolder(
            options.data / "downloads", bound=options.download_bound, kept=options.download_kept
        )
        adapter = Adapter(contract)
        # The OpenAI API takes lists in forms as `image[]`, and refuses a repeated `image`.
        bracketed = contract.errors == "openai"
        self.downloads = Downloads(folder, options.key, options.public_url)
        self.answers = Answers(FilesOut(self.downloads, contract.document), options.budget)
        self.calls = Calls(
            adapter,
            entrance,
            twins=Twins(adapter, options.fetch, bracketed=bracketed),
            answers=self.answers,
            downloads=self.downloads,
        )
        self.jobs = Jobs(options.data, options.times)
        self.actions = ActionsApplications(
            projection.sets.values(), self.calls, self.jobs, contract.errors
        )
        self.published = Published(projection, options.public_url)

    @property
    def applications(self) -> Mapping[str, ASGIApp]:
        """What answers each kind of operation."""
        return {
            CALL: self.actions,
            DOWNLOAD: self.downloads.answer,
            PUBLISHED: self.published,
        }

    async def aclose(self) -> None:
        """Cut the jobs that run and close the database."""
        self.downloads.close()
        await self.jobs.close()

"""What a projection adds to a running gateway: its calls, their files and jobs, documents, MCP."""

from collections.abc import Callable, Mapping

from starlette.types import ASGIApp

from gateway.actions.files_in import FetchRules
from gateway.actions.operations import action_operations
from gateway.actions.service import ActionsOptions, ActionsService
from gateway.actions.signing import signing_key
from gateway.contract.model import Contract, Operation
from gateway.mcp.application import mcp_application
from gateway.mcp.operations import MCP, mcp_operations
from gateway.projection import Projection
from gateway.settings import Settings


def projected_operations(
    contract: Contract, projection: Projection, open_documents: bool
) -> tuple[Operation, ...]:
    """Return the local operations that a projection adds; `contract` has the gateway's own."""
    actions = action_operations(contract, projection, open_documents=open_documents)
    return (*actions, *mcp_operations(contract))


def actions_options(settings: Settings) -> ActionsOptions:
    """Read what settings say of projected calls; raises StartError for a key that will not do."""
    secret = settings.signing_key
    value = secret.reveal() if secret is not None else None
    return ActionsOptions(
        data=settings.data,
        key=signing_key(value),
        public_url=settings.public_url or "",
        fetch=FetchRules(hosts=frozenset(settings.file_hosts)),
    )


class ProjectedApplications:
    """What answers those operations, by kind; `aclose` cuts the jobs that run."""

    def __init__(
        self,
        contract: Contract,
        projection: Projection,
        options: ActionsOptions,
        settings: Settings,
        entrance: Callable[[], ASGIApp],
    ) -> None:
        self._service = ActionsService(contract, projection, entrance, options)
        mcp = mcp_application(
            projection,
            contract,
            entrance,
            calls=self._service.calls,
            downloads=self._service.downloads,
            origins=settings.cors_origins,
        )
        self.applications: Mapping[str, ASGIApp] = {**self._service.applications, MCP: mcp}

    async def aclose(self) -> None:
        """Close what is open."""
        await self._service.aclose()

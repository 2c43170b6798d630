"""The contract as an MCP server (Model Context Protocol): streamable HTTP, stateless."""

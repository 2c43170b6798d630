"""Calls of models: Actions, function tools and MCP tools, mapped back to operations."""

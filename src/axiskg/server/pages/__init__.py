"""The pages that the server renders: templates without script, and the words they need."""

from axiskg.server.pages.rendering import CSS, render

__all__ = ["CSS", "render"]

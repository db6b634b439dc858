"""Tags and filters of templates about the portal's pages."""

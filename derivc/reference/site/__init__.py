"""The site: pages as static HTML that needs neither network nor server."""

"""What makes the generated parts of the pages."""

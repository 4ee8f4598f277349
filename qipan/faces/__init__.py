"""What people and programs see: pages, forms, HTTP and commands."""

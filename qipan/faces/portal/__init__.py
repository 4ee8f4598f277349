"""The portal: citizens and enterprises."""

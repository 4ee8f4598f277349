"""Posts at the desk: how they are said, and the forms that give them."""

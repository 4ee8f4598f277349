"""The account pages: registering, signing in, and how an account is kept safe."""

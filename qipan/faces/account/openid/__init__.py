"""Single sign-on: the OpenID provider by which people sign in to agencies' own apps."""

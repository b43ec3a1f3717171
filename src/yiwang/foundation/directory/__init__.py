"""People, enterprises, departments, posts; sign-in; the declared table of who may do what."""

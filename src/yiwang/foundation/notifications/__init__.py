"""The inbox of every person, e-mail, and text messages.

`actions.tell` puts a message into a person's inbox, in both languages, and asks a job to e-mail that it is there.
"""

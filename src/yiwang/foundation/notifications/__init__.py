"""The inbox of every person, and e-mail.

`actions.tell` puts a message into a person's inbox, in both languages, and asks a job to e-mail that it is there.
"""

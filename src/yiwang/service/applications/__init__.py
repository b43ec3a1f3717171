"""Applications: questions one at a time, drafts, materials, the submission, and what the applicant sees and does after.

A draft belongs to a person and keeps the version of the service it started with. Submitting it opens a case (`cases`)
and an `Application` row with the answers: personal, erasable, apart from the case's events. Whatever the case then says
(`reactions`), its applicant is told; a registration that was granted makes an enterprise; a grant on a signed promise
opens its on-site check as a case of its own.
"""

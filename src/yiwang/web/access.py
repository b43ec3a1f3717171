"""The one table of who may reach what: every route of the platform by its name.

`page` is only read, `form` comes back to its own address, `verb` takes what a form elsewhere sends, `operation` is an
operation of the API (named `api:<operation>`). The scope says how far a right reaches: OWNER what is one's own,
DEPARTMENT what is the officer's department's. Views answer 404 outside of it. `tests/web/test_access.py` walks the
whole table as every persona and fails for a route that has no row here and for a row that has no route.
"""

from yiwang.foundation.directory import middleware
from yiwang.foundation.directory.access import (
    ADMINISTRATORS,
    EVERYONE,
    OFFICERS,
    RESIDENTS,
    SIGNED_IN,
    Rule,
    Scope,
    form,
    operation,
    page,
    verb,
)

TABLE: dict[str, Rule] = {
    # web: pages of no package
    "web:home": page(EVERYONE),
    "web:help": page(EVERYONE),
    "web:language": verb(EVERYONE),
    "web:elders": verb(EVERYONE),
    "web:works": page(ADMINISTRATORS),
    "web:retry-job": verb(ADMINISTRATORS),
    "web:hear-again": verb(ADMINISTRATORS),
    # directory: accounts and posts
    "directory:sign-in": form(EVERYONE),
    "directory:sign-out": verb(SIGNED_IN),
    "directory:register": form(EVERYONE),
    "directory:account": form(SIGNED_IN),
    "directory:password": form(SIGNED_IN, secret=True),
    "directory:new-token": form(SIGNED_IN, secret=True),
    "directory:revoke-token": verb(SIGNED_IN, Scope.OWNER),
    "directory:people": page(ADMINISTRATORS),
    "directory:appoint": form(ADMINISTRATORS),
    "directory:end-appointment": form(ADMINISTRATORS),
    # cases: the officer's desk
    "cases:desk": page(OFFICERS),
    "cases:case": page(OFFICERS, Scope.DEPARTMENT),
    "cases:plan": page(OFFICERS, Scope.DEPARTMENT),
    "cases:part-verb": form(OFFICERS, Scope.DEPARTMENT),
    "cases:task-verb": form(OFFICERS, Scope.DEPARTMENT),
    # notifications: my messages
    "notifications:inbox": page(SIGNED_IN),
    "notifications:read": verb(SIGNED_IN, Scope.OWNER),
    "notifications:read-all": verb(SIGNED_IN),
    # documents: mine, or those of a case of my department
    "documents:download": page(SIGNED_IN, Scope.OWNER | Scope.DEPARTMENT),
    "documents:preview": page(SIGNED_IN, Scope.OWNER | Scope.DEPARTMENT),
    # catalogue: what can be done here
    "catalogue:search": page(EVERYONE),
    "catalogue:service": page(EVERYONE),
    # applications: filling in, sending, following
    "applications:start": form(RESIDENTS),
    "applications:draft": page(RESIDENTS, Scope.OWNER),
    "applications:question": form(RESIDENTS, Scope.OWNER),
    "applications:material": form(RESIDENTS, Scope.OWNER),
    "applications:commitment": form(RESIDENTS, Scope.OWNER),
    "applications:review": form(RESIDENTS, Scope.OWNER),
    "applications:discard": form(RESIDENTS, Scope.OWNER),
    "applications:mine": page(RESIDENTS),
    "applications:track": form(EVERYONE),
    "applications:application": page(RESIDENTS, Scope.OWNER),
    "applications:receipt": page(RESIDENTS, Scope.OWNER),
    "applications:bring": form(RESIDENTS, Scope.OWNER),
    "applications:correct": verb(RESIDENTS, Scope.OWNER),
    "applications:withdraw": form(RESIDENTS, Scope.OWNER),
    # centre: the library, for officers
    "centre:products": page(OFFICERS),
    "centre:product": page(OFFICERS),
    "centre:ask": form(OFFICERS),
    "centre:requests": page(OFFICERS),
    "centre:request": page(OFFICERS, Scope.DEPARTMENT),
    "centre:ruling": form(OFFICERS, Scope.DEPARTMENT),
    "centre:grants": page(OFFICERS),
    "centre:grant": form(OFFICERS, Scope.DEPARTMENT),
    "centre:query": form(OFFICERS),
    "centre:question": page(OFFICERS, Scope.DEPARTMENT),
    "centre:give-up": verb(OFFICERS, Scope.DEPARTMENT),
    "centre:answer-csv": page(OFFICERS, Scope.DEPARTMENT),
    "centre:unused": page(OFFICERS),
    "centre:elements": page(OFFICERS),
    "centre:log": page(OFFICERS),
    # the API: its documentation, then by operation
    "api-documentation": page(EVERYONE),
    "api-first-version": page(EVERYONE),
    "api:openapi-json": page(EVERYONE),
    "api:api-root": page(EVERYONE),
    "api:desk": operation(OFFICERS),
    "api:read-case": operation(OFFICERS, Scope.DEPARTMENT),
    "api:read-plan": operation(OFFICERS, Scope.DEPARTMENT),
    "api:accept": operation(OFFICERS, Scope.DEPARTMENT),
    "api:request-correction": operation(OFFICERS, Scope.DEPARTMENT),
    "api:refuse-acceptance": operation(OFFICERS, Scope.DEPARTMENT),
    "api:start-special-procedure": operation(OFFICERS, Scope.DEPARTMENT),
    "api:end-special-procedure": operation(OFFICERS, Scope.DEPARTMENT),
    "api:extend": operation(OFFICERS, Scope.DEPARTMENT),
    "api:decide": operation(OFFICERS, Scope.DEPARTMENT),
    "api:deliver": operation(OFFICERS, Scope.DEPARTMENT),
    "api:revoke": operation(OFFICERS, Scope.DEPARTMENT),
    "api:note": operation(OFFICERS, Scope.DEPARTMENT),
    "api:pick": operation(OFFICERS, Scope.DEPARTMENT),
    "api:assign": operation(OFFICERS, Scope.DEPARTMENT),
    "api:hand-over": operation(OFFICERS, Scope.DEPARTMENT),
    "api:complete": operation(OFFICERS, Scope.DEPARTMENT),
    "api:issue-token": operation(EVERYONE),
    "api:list-tokens": operation(SIGNED_IN),
    "api:revoke-token": operation(SIGNED_IN, Scope.OWNER),
    "api:search-matters": operation(EVERYONE),
    "api:read-matter": operation(EVERYONE),
    "api:list-bundles": operation(EVERYONE),
    "api:service-schema": operation(EVERYONE),
    "api:upload-document": operation(RESIDENTS),
    "api:start-draft": operation(RESIDENTS),
    "api:read-draft": operation(RESIDENTS, Scope.OWNER),
    "api:discard-draft": operation(RESIDENTS, Scope.OWNER),
    "api:answer": operation(RESIDENTS, Scope.OWNER),
    "api:bring-material": operation(RESIDENTS, Scope.OWNER),
    "api:sign-promises": operation(RESIDENTS, Scope.OWNER),
    "api:submit-draft": operation(RESIDENTS, Scope.OWNER),
    "api:apply": operation(RESIDENTS),
    "api:list-applications": operation(RESIDENTS),
    "api:read-application": operation(RESIDENTS, Scope.OWNER),
    "api:correct-application": operation(RESIDENTS, Scope.OWNER),
    "api:withdraw-application": operation(RESIDENTS, Scope.OWNER),
    "api:bring-deferred": operation(RESIDENTS, Scope.OWNER),
    "api:track-application": operation(EVERYONE),
}


class DeclaredAccess(middleware.AccessTable):
    """The middleware that holds every request to this table."""

    table = TABLE

"""Signing in at an identity provider (OpenID Connect), such as a province's portal, for connected accounts."""

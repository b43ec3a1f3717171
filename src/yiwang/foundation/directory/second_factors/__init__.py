"""What somebody has beside their password: an authenticator app (TOTP), passkeys, recovery codes.

Whoever has one is asked for it after the password; a city may demand one of all who work for it.
"""

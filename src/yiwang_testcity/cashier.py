"""A cashier outside the city: takes orders and money over HTTP, notifies, and is asked. Nothing is charged to anybody.

Speaks what `yiwang.service.applications.payment.http` says, and knows it by those words alone. It keeps its books in
one file, so that it may be stopped and started. `--notify` says how it tells of a payment: once, twice, or never, as
real cashiers do.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import secrets
import sqlite3
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from yiwang.foundation.kernel.text import canonical_json
from yiwang.foundation.kernel.time import city_date, now

MOST_BYTES = 64 * 1024
_PAYMENTS = "SELECT order_number, number, amount, paid_at FROM payments"
OF_ORDER = f"{_PAYMENTS} WHERE order_number = ? ORDER BY paid_at"
OF_DAY = f"{_PAYMENTS} WHERE day = ? ORDER BY paid_at"
_BOOKS = """
CREATE TABLE IF NOT EXISTS orders (number TEXT PRIMARY KEY, amount INTEGER, subject TEXT, notify TEXT, back TEXT);
CREATE TABLE IF NOT EXISTS payments
    (number TEXT PRIMARY KEY, order_number TEXT, amount INTEGER, paid_at TEXT, day TEXT);
CREATE TABLE IF NOT EXISTS refunds (number TEXT PRIMARY KEY, amount INTEGER);
"""


@dataclass
class Cashier:
    """The books and what is done with them. `notify`: how often a payment is told."""

    books: Path
    secret: str = field(repr=False)
    notify: int = 1
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.books.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as book:
            book.executescript(_BOOKS)

    def order(self, body: dict[str, Any]) -> None:
        with self.lock, self._open() as book:
            fields = (body["order"], body["amount_fen"], body["subject"], body["notify"], body["back"])
            book.execute("INSERT OR IGNORE INTO orders VALUES (?, ?, ?, ?, ?)", fields)

    def pay(self, order: str, amount: int | None = None) -> dict[str, Any]:
        """Somebody pays (`amount`: another sum than was asked). Raises KeyError for an order that nobody opened."""
        with self.lock, self._open() as book:
            row = book.execute("SELECT amount FROM orders WHERE number = ?", [order]).fetchone()
            if row is None:
                raise KeyError(order)
            at = now()
            fields = (secrets.token_hex(12), order, amount or row[0], at.isoformat(), city_date(at).isoformat())
            book.execute("INSERT INTO payments VALUES (?, ?, ?, ?, ?)", fields)
        return {"order": order, "transaction": fields[0], "amount_fen": fields[2], "paid_at": fields[3]}

    def tell(self, payment: dict[str, Any]) -> list[int]:
        """Notify the city as often as this cashier does; the statuses that it answered."""
        with self._open() as book:
            (where,) = book.execute("SELECT notify FROM orders WHERE number = ?", [payment["order"]]).fetchone()
        return [self._told(where, payment) for _time in range(self.notify)]

    def payments(self, query: str, value: str) -> list[dict[str, Any]]:
        """What came in OF_ORDER or OF_DAY."""
        with self._open() as book:
            rows = book.execute(query, [value]).fetchall()
        return [dict(zip(("order", "transaction", "amount_fen", "paid_at"), row, strict=True)) for row in rows]

    def refund(self, body: dict[str, Any]) -> None:
        with self.lock, self._open() as book:
            book.execute("INSERT OR IGNORE INTO refunds VALUES (?, ?)", [body["transaction"], body["amount_fen"]])

    def refunds(self) -> list[tuple[str, int]]:
        with self._open() as book:
            return [(str(number), int(amount)) for number, amount in book.execute("SELECT * FROM refunds")]

    def where_back(self, order: str) -> str:
        with self._open() as book:
            row = book.execute("SELECT back FROM orders WHERE number = ?", [order]).fetchone()
        return str(row[0]) if row else "/"

    def is_right(self, stamp: str, body: bytes, signature: str) -> bool:
        return hmac.compare_digest(f"sha256={self.signed(stamp, body)}".encode(), signature.encode())

    def signed(self, stamp: str, body: bytes) -> str:
        return hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()

    def _told(self, where: str, payment: dict[str, Any]) -> int:
        body, stamp = canonical_json(payment), str(int(now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Yiwang-Timestamp": stamp,
            "X-Yiwang-Signature": f"sha256={self.signed(stamp, body)}",
        }
        request = urllib.request.Request(where, body, headers, method="POST")  # noqa: S310 (the city's own address)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.books, timeout=30)


class Window(BaseHTTPRequestHandler):
    """Answers the city and those who pay."""

    cashier: Cashier

    def do_GET(self) -> None:
        kind, _slash, name = unquote(self.path).strip("/").partition("/")
        if kind == "pay":
            self._page(name)
        elif not self._signed(self.path.encode()):
            self._answer(401, {})
        elif kind in ("orders", "statement"):
            query = OF_ORDER if kind == "orders" else OF_DAY
            self._answer(200, {"payments": self.cashier.payments(query, name)})
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, MOST_BYTES))
        kind, _slash, name = unquote(self.path).strip("/").partition("/")
        if kind == "pay":
            self._paid(name)
        elif not self._signed(body):
            self._answer(401, {})
        elif kind == "orders":
            order = json.loads(body)
            self.cashier.order(order)
            self._answer(201, {"pay_at": f"http://127.0.0.1:{self.cashier.port}/pay/{order['order']}"})
        elif kind == "refunds":
            self.cashier.refund(json.loads(body))
            self._answer(200, {})
        else:
            self._answer(404, {})

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _paid(self, order: str) -> None:
        try:
            payment = self.cashier.pay(order)
        except KeyError:
            self._answer(404, {})
            return
        self.cashier.tell(payment)
        self.send_response(303)
        self.send_header("Location", self.cashier.where_back(order))
        self.end_headers()

    def _page(self, order: str) -> None:
        text = f"<!doctype html><title>收银台</title><h1>收银台（演示）</h1><p>{html.escape(order)}</p>"
        page = f'{text}<form method="post"><button>缴费</button></form>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def _signed(self, body: bytes) -> bool:
        stamp = self.headers.get("X-Yiwang-Timestamp", "")
        return self.cashier.is_right(stamp, body, self.headers.get("X-Yiwang-Signature", ""))

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = canonical_json(body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def serve(cashier: Cashier, port: int) -> ThreadingHTTPServer:
    """A server on this machine; the caller lets it run and shuts it down."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Window", (Window,), {"cashier": cashier}))
    cashier.port = server.server_port
    return server

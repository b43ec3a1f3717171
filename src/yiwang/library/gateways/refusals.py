"""Why a gateway does not answer. Words for people are made where a person reads them."""


class NotGranted(Exception):
    """No grant lets this be read. `code` is stable (no_grant, expired, wrong_purpose, case_needed, field, masked,
    rate, rows, statistics_only, withheld, consent, signature, malformed), `detail` names the field or product, never a
    value. `masked`: a value that the masked field could never hold. Of statistics: statistic (what they cannot be made
    of), statistic_group, statistic_groups (more than so many), statistic_bounds, statistic_subject, budget_spent."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Offline(Exception):
    """The source or the gateway did not answer; `department` says whose, `product` what of it (empty: all)."""

    def __init__(self, department: str, product: str = "", why: str = "") -> None:
        super().__init__(f"{product or department}: {why}")
        self.department = department
        self.product = product
        self.why = why


class Cancelled(Exception):
    """The one who asked gave up, or the time for it ran out."""

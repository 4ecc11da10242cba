"""The part of WQL that a client of Hyper-V needs: SELECT columns FROM class WHERE conditions."""

import re
from dataclasses import dataclass


class WqlError(Exception):
    """The query is not WQL, or uses a part of it that is not here."""


@dataclass
class Query:
    """A parsed query. `columns` is None for `*`; `matches` takes a function from a property's name to its value."""

    class_name: str
    columns: list | None
    matches: object


def parse(text):
    """Parses a SELECT query."""
    return _Parser(_tokens(text)).query()


class _Parser:
    def __init__(self, tokens):
        self._tokens = tokens
        self._at = 0

    def query(self):
        self._keyword("SELECT")
        columns = self._columns()
        self._keyword("FROM")
        class_name = self._name()
        matches = lambda _: True  # noqa: E731
        if self._take("WHERE"):
            matches = self._either()
        if self._at != len(self._tokens):
            raise WqlError(f"nothing is expected at {self._tokens[self._at][1]!r}")
        return Query(class_name, columns, matches)

    def _columns(self):
        if self._take("*"):
            return None
        columns = [self._name()]
        while self._take(","):
            columns.append(self._name())
        return columns

    def _either(self):
        terms = [self._both()]
        while self._take("OR"):
            terms.append(self._both())
        return lambda row: any(term(row) for term in terms)

    def _both(self):
        terms = [self._term()]
        while self._take("AND"):
            terms.append(self._term())
        return lambda row: all(term(row) for term in terms)

    def _term(self):
        if self._take("NOT"):
            term = self._term()
            return lambda row: not term(row)
        if self._take("("):
            term = self._either()
            self._keyword(")")
            return term
        return self._comparison()

    def _comparison(self):
        name = self._name()
        if self._take("IS"):
            wanted = not self._take("NOT")
            self._keyword("NULL")
            return lambda row: (row(name) is None) == wanted
        kind, operator = self._next()
        if kind == "operator":
            compare = _OPERATORS[operator]
        elif operator.upper() == "LIKE":
            compare = _like
        else:
            raise WqlError(f"{operator!r} is not an operator")
        literal = self._literal()
        return lambda row: row(name) is not None and compare(_comparable(row(name)), _comparable(literal))

    def _literal(self):
        kind, text = self._next()
        if kind == "string":
            return _ESCAPE.sub(r"\1", text[1:-1])
        if kind == "number":
            return int(text)
        if text.upper() in ("TRUE", "FALSE"):
            return text.upper() == "TRUE"
        raise WqlError(f"{text!r} is not a literal")

    def _name(self):
        kind, text = self._next()
        if kind != "name" or text.upper() in _RESERVED:
            raise WqlError(f"{text!r} is not a name")
        return text

    def _keyword(self, word):
        if not self._take(word):
            raise WqlError(f"{word} is missing")

    def _take(self, word):
        if self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if kind != "string" and text.upper() == word:
                self._at += 1
                return True
        return False

    def _next(self):
        if self._at == len(self._tokens):
            raise WqlError("the query ends too early")
        self._at += 1
        return self._tokens[self._at - 1]


def _tokens(text):
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise WqlError(f"{text[at]!r} does not belong into a query")
        at = match.end()
        if match.lastgroup != "space":
            tokens.append((match.lastgroup, match.group()))
    return tokens


def _comparable(value):
    # WQL compares text without regard to case; a number may be written as text.
    if isinstance(value, str):
        return value.casefold()
    return str(value).casefold() if isinstance(value, bool) else value


def _like(value, pattern):
    expression = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in str(pattern))
    return re.fullmatch(expression, str(value), re.DOTALL) is not None


def _ordered(compare):
    def check(left, right):
        if type(left) is not type(right):
            left, right = str(left), str(right)
        return compare(left, right)

    return check


_OPERATORS = {
    "=": _ordered(lambda a, b: a == b),
    "<>": _ordered(lambda a, b: a != b),
    "!=": _ordered(lambda a, b: a != b),
    "<": _ordered(lambda a, b: a < b),
    ">": _ordered(lambda a, b: a > b),
    "<=": _ordered(lambda a, b: a <= b),
    ">=": _ordered(lambda a, b: a >= b),
}
_RESERVED = {"SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IS", "NULL", "LIKE"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<number>-?\d+)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<operator><>|!=|<=|>=|=|<|>)
      | (?P<mark>[*,()])""",
    re.VERBOSE | re.DOTALL,
)

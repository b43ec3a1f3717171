"""Functions and operators that a question may use: pure, bounded, without a word about the machine or chance."""

from __future__ import annotations

from sqlglot import exp


def _classes(names: str) -> frozenset[type[exp.Expr]]:
    """The parser's classes of these names; raises AttributeError for one it does not know, at start-up."""
    return frozenset(getattr(exp, name) for name in names.split())


OPERATORS = _classes(
    "And Or Not Neg EQ NEQ LT LTE GT GTE Is NullSafeEQ NullSafeNEQ Like ILike Add Sub Mul Div IntDiv Mod DPipe Pow"
)
AGGREGATES = _classes(
    """
    Count CountIf Sum Avg Min Max Median Stddev StddevPop StddevSamp Variance VariancePop PercentileCont PercentileDisc
    Quantile ApproxQuantile ApproxDistinct Mode ArgMax ArgMin GroupConcat ArrayAgg LogicalAnd LogicalOr First Last
    AnyValue Corr CovarPop CovarSamp Skewness Kurtosis RegrSlope RegrIntercept RegrR2 RegrCount Grouping
    """
)
WINDOWS = _classes("RowNumber Rank DenseRank PercentRank CumeDist Ntile Lag Lead FirstValue LastValue NthValue")
SCALARS = _classes(
    """
    Abs Round Ceil Floor Sqrt Exp Ln Log Sign Trunc Greatest Least Coalesce Nullif Lower Upper Trim Length Substring
    Left Right Concat ConcatWs Replace StrPosition StartsWith EndsWith Contains SplitPart RegexpLike RegexpExtract
    Reverse Initcap Year Month Day Quarter Week WeekOfYear DayOfWeek DayOfWeekIso DayOfMonth DayOfYear YearOfWeek Hour
    Minute DateTrunc TimestampTrunc DateDiff TimestampDiff DateAdd DateSub TimeToStr LastDay DateFromParts Monthname
    Dayname CurrentDate ArrayContains ArraySize Explode
    """
)
ALLOWED = OPERATORS | AGGREGATES | WINDOWS | SCALARS


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


AGGREGATES_BY_NAME = _words("bool_and bool_or sem quantile_disc product fsum kahan_sum mad")
BY_NAME = AGGREGATES_BY_NAME | _words(
    """
    age date_part monthname dayname isodow isoyear century decade list_has_any list_has_all len weekofyear weekday
    yearweek make_date even cbrt degrees radians gcd lcm levenshtein hamming jaccard jaro_similarity
    jaro_winkler_similarity instr strlen unicode ord ascii chr nfc_normalize strip_accents date_diff datediff
    """
)
"""Functions that the parser knows by name only."""

TYPES = frozenset(
    getattr(exp.DType, name)
    for name in sorted(
        _words(
            """
            TEXT VARCHAR CHAR INT BIGINT SMALLINT TINYINT INT128 DOUBLE FLOAT DECIMAL BOOLEAN DATE TIMESTAMP
            TIMESTAMPNTZ UBIGINT UINT USMALLINT UTINYINT
            """
        )
    )
)
"""What a value may be cast to."""


def is_aggregate(node: exp.Expr) -> bool:
    return type(node) in AGGREGATES or (
        isinstance(node, exp.Anonymous | exp.AnonymousAggFunc) and str(node.this).lower() in AGGREGATES_BY_NAME
    )

"""Questions across departments: SQL over products, answered from what each gateway releases.

    shelf = Shelf([Granted(product, grant, signed), ...])
    answer("select ... from market.enterprises e join tax.arrears a using (uscc)", shelf=shelf, gateways=..., asker=...)

What is guaranteed: a question is one SELECT made of listed parts (`sql`), over products that stand on the asker's
shelf (`relations`), and what is checked is what is run: the text is written anew from the tree. It runs in a DuckDB
that holds nothing but the granted fields and rows that the gateways released, masked (`engine`). A field that is not
granted is as unknown as one that does not exist. What is said of a masked field is never said to its source. Texts,
nesting, sources, rows, bytes, memory and time are bounded. A department that does not answer is named, and where its
absence would make the answer say what is not so, there is no answer.

Many rows may be joined on an Apache Spark cluster (`joining`): the same decision, fragments, masks and log, and
only such questions as are known to mean the same there (`translation`).

What is not: the guard does not judge what a granted combination of fields tells about a person (that is for those who
approve grants; those who need numbers only are given figures, which owners make themselves: `statistics`), the keys
that are shipped from one department to another can be seen by the latter, and how long an answer takes is not hidden.
"""

from yiwang.library.reading.answer import Answer, Bounds, Method, Missing, Progress, Step, Where
from yiwang.library.reading.granted import Granted, Shelf
from yiwang.library.reading.reader import answer, explain
from yiwang.library.reading.refused import CODES, Refused

__all__ = [
    "CODES",
    "Answer",
    "Bounds",
    "Granted",
    "Method",
    "Missing",
    "Progress",
    "Refused",
    "Shelf",
    "Step",
    "Where",
    "answer",
    "explain",
]

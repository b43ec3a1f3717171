"""A log proves what it holds and that it only ever grew (RFC 6962)."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.kernel.merkle import EMPTY_ROOT, Tree, extends, includes, leaf_hash

# The leaves and roots that Certificate Transparency's own implementations are tested with.
LEAVES = [bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def naive_root(leaves: list[bytes]) -> bytes:
    """The definition of section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def grown(leaves: list[bytes]) -> Tree:
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree


def test_an_empty_log_has_the_hash_of_nothing() -> None:
    assert (
        Tree().root() == EMPTY_ROOT == bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    )


def test_roots_are_those_of_certificate_transparency() -> None:
    tree = grown(LEAVES)
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("position", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_certificate_transparency(position: int, size: int) -> None:
    assert [each.hex() for each in grown(LEAVES).inclusion(position, size)] == INCLUSION[position, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_those_of_certificate_transparency(old: int, new: int) -> None:
    assert [each.hex() for each in grown(LEAVES).consistency(old, new)] == CONSISTENCY[old, new]


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=70), st.data())
def test_every_proof_verifies_against_the_naive_tree(leaves: list[bytes], data: st.DataObject) -> None:
    tree = grown(leaves)
    size = data.draw(st.integers(1, len(leaves)))
    root = naive_root(leaves[:size])
    assert tree.root(size) == root
    position = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion(position, size)
    assert includes(leaf_hash(leaves[position]), position, size, proof, root)
    old = data.draw(st.integers(0, size))
    assert extends(old, size, naive_root(leaves[:old]), root, tree.consistency(old, size))


@given(st.integers(1, 40), st.data())
def test_a_proof_that_was_touched_does_not_verify(size: int, data: st.DataObject) -> None:
    leaves = [str(n).encode() for n in range(size)]
    tree = grown(leaves)
    position = data.draw(st.integers(0, size - 1))
    proof, hashed, root = tree.inclusion(position), leaf_hash(leaves[position]), tree.root()
    assert not includes(leaf_hash(b"other"), position, size, proof, root)
    assert not includes(hashed, position, size, (*proof, root), root)
    if proof:
        assert not includes(hashed, position, size, proof[:-1], root)
        assert not includes(hashed, position, size, (bytes(32), *proof[1:]), root)
    old = data.draw(st.integers(1, size))
    consistency, old_root = tree.consistency(old), tree.root(old)
    assert not extends(old, size, bytes(32), root, consistency)
    assert not extends(old, size, old_root, bytes(32), consistency)
    if consistency:
        assert not extends(old, size, old_root, root, consistency[:-1])
    assert not extends(old, size, old_root, root, (*consistency, bytes(32)))


def test_a_tree_grown_from_leaf_hashes_is_the_same() -> None:
    tree = Tree(leaf_hash(leaf) for leaf in LEAVES)
    assert tree.root().hex() == ROOTS[-1]
    assert tree.leaf(2) == leaf_hash(LEAVES[2])


@pytest.mark.parametrize(
    "ask",
    [
        lambda t: t.root(9),
        lambda t: t.inclusion(8),
        lambda t: t.inclusion(-1),
        lambda t: t.inclusion(3, 3),
        lambda t: t.consistency(5, 4),
        lambda t: t.leaf(8),
    ],
)
def test_what_lies_beyond_the_log_is_refused(ask: object) -> None:
    with pytest.raises(IndexError):
        ask(grown(LEAVES))  # type: ignore[operator]

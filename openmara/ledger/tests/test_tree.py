"""Hashes and proofs: the reference vectors of certificate transparency, every small tree, and a tree that is not ours."""

import itertools

import pymerkle
import pytest

from openmara.ledger.tree import (
    EMPTY,
    Growing,
    consistency_proof,
    continues,
    fold,
    includes,
    inclusion_proof,
    leaf_hash,
    over,
)

# The published vectors of the certificate-transparency reference implementation (RFC 6962): leaves, roots by size, paths.
LEAVES = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = (
    (0, 1, ""),
    (0, 2, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
    (1, 2, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    (2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    (1, 5, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
           "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
           "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
    (0, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
           "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
           "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"),
    (5, 8, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
           "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
           "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
)  # fmt: skip
CONSISTENCY = (
    (1, 1, ""),
    (1, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
           "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
           "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"),
    (2, 5, "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
           "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
    (6, 8, "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
           "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
           "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
)  # fmt: skip
HASHES = [leaf_hash(one) for one in LEAVES]
MANY = [leaf_hash(bytes([number])) for number in range(65)]


def path(text: str) -> list[bytes]:
    content = bytes.fromhex(text)
    return [content[at : at + 32] for at in range(0, len(content), 32)]


def test_it_refuses_a_proof_with_anything_changed() -> None:
    for size in (1, 2, 5, 8, 33, 64, 65):
        root, tree = fold(MANY[:size]), over(MANY)
        for index in range(size):
            good = inclusion_proof(index, size, tree)
            assert includes(MANY[index], index, size, good, root)
            assert not includes(MANY[index], index, size, [*good, root], root)
            assert not includes(MANY[index], size, size, good, root)
            assert not includes(leaf_hash(b"another"), index, size, good, root)
            assert not includes(MANY[index], index, size, good, fold(MANY[: size + 1]) if size < 65 else EMPTY)
            for at in range(len(good)):
                assert not includes(MANY[index], index, size, [*good[:at], EMPTY, *good[at + 1 :]], root)
                assert not includes(MANY[index], index, size, good[:at] + good[at + 1 :], root)


def test_it_refuses_a_tree_that_does_not_continue_the_other() -> None:
    other = [leaf_hash(b"forked"), *MANY[1:]]
    for old, size in itertools.combinations(range(1, 40), 2):
        good = consistency_proof(old, size, over(MANY))
        old_root, root = fold(MANY[:old]), fold(MANY[:size])
        assert continues(old, old_root, size, root, good)
        assert not continues(old, fold(other[:old]), size, root, good)
        assert not continues(old, old_root, size, fold(other[:size]), consistency_proof(old, size, over(other)))
        assert not continues(old, old_root, size, root, [*good, root])
        assert not continues(old, old_root, size, root, good[:-1])
        assert not continues(size, root, old, old_root, good)
    assert not continues(0, fold(MANY[:1]), 5, fold(MANY[:5]), [])
    assert not continues(5, fold(MANY[:5]), 5, fold(other[:5]), [])


def test_it_gives_the_roots_of_the_reference_vectors() -> None:
    growing = Growing()
    for size, root in enumerate(ROOTS):
        assert fold(HASHES[:size]).hex() == root
        assert growing.root().hex() == root
        if size < len(HASHES):
            growing.append(HASHES[size])


def test_it_gives_the_paths_of_the_reference_vectors() -> None:
    for index, size, expected in INCLUSION:
        assert inclusion_proof(index, size, over(HASHES)) == path(expected)
        assert includes(HASHES[index], index, size, path(expected), bytes.fromhex(ROOTS[size]))
    for old, size, expected in CONSISTENCY:
        assert consistency_proof(old, size, over(HASHES)) == path(expected)
        assert continues(old, bytes.fromhex(ROOTS[old]), size, bytes.fromhex(ROOTS[size]), path(expected))


def test_it_agrees_with_a_tree_that_is_not_ours() -> None:
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(65):
        theirs.append_entry(bytes([number]))
    for size in range(1, 66):
        assert theirs.get_root(size) == fold(MANY[:size])
        for index in {0, size // 2, size - 1}:
            found = theirs.prove_inclusion(index + 1, size)
            pymerkle.verify_inclusion(MANY[index], fold(MANY[:size]), found)
            ours = inclusion_proof(index, size, over(MANY))
            assert [bytes.fromhex(one) for one in found.serialize()["path"]][1:] == ours
        for old in range(1, size + 1):
            pymerkle.verify_consistency(fold(MANY[:old]), fold(MANY[:size]), theirs.prove_consistency(old, size))
            assert continues(old, theirs.get_root(old), size, theirs.get_root(size), consistency_proof(old, size, over(MANY)))


def test_whole_subtrees_join_where_they_fit_and_nowhere_else() -> None:
    growing = Growing()
    growing.append(fold(MANY[:8]), height=3)
    growing.append(MANY[8])
    assert growing.root() == fold(MANY[:9])
    with pytest.raises(ValueError, match="multiple"):
        growing.append(fold(MANY[:8]), height=3)
    with pytest.raises(ValueError, match="peaks"):
        Growing(3, [EMPTY])
    for wrong in ((5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="not in a tree"):
            inclusion_proof(*wrong, over(MANY))
    with pytest.raises(ValueError, match="cannot begin"):
        consistency_proof(6, 5, over(MANY))
